#include "broker/client_ids.hpp"

#include <algorithm>
#include <utility>

#include "broker/state_file.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::seconds;

// Asking costs the broker a little memory each time, until the session ends.
constexpr seconds kAskAgain{5};
// The broker drops persistent sessions after a day (persistent_client_expiration).
constexpr std::chrono::hours kLongest{24};

struct SavedId {
  std::string client_id;
  std::string username;
  std::int64_t left_at_s = 0;
  std::string listens_by;
};
BOOST_DESCRIBE_STRUCT(SavedId, (), (client_id, username, left_at_s, listens_by))

struct SavedIds {
  std::vector<SavedId> ids;
};
BOOST_DESCRIBE_STRUCT(SavedIds, (), (ids))

}  // namespace

void ClientIds::left(std::string client_id, std::string username, std::string listens_by, Clock::time_point now) {
  unasked_.push_back(client_id);
  absent_[std::move(client_id)] = {std::move(username), std::move(listens_by), now, Clock::time_point(), false};
}

std::optional<std::string> ClientIds::is_back(std::string_view client_id) {
  const auto found = absent_.find(client_id);
  if (found == absent_.end()) return std::nullopt;
  std::string listens_by = std::move(found->second.listens_by);
  absent_.erase(found);
  return listens_by;
}

void ClientIds::listens_no_more(const std::string& client_id, std::string_view filter) {
  const auto found = absent_.find(client_id);
  if (found != absent_.end() && found->second.listens_by == filter) found->second.listens_by.clear();
}

std::vector<std::string> ClientIds::of(std::string_view username) const {
  std::vector<std::string> list;
  for (const auto& [client_id, absent] : absent_) {
    if (absent.username == username) list.push_back(client_id);
  }
  return list;
}

void ClientIds::release(std::string_view username) {
  std::erase_if(absent_, [username](const auto& entry) { return entry.second.username == username; });
}

std::vector<std::string> ClientIds::holders() const {
  std::vector<std::string> list;
  for (const auto& [client_id, absent] : absent_) list.push_back(absent.username);
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

bool ClientIds::held_by_other(std::string_view client_id, std::string_view username, const Probe& probe,
                              Clock::time_point now) {
  const auto found = absent_.find(client_id);
  if (found == absent_.end() || found->second.username == username) return false;
  Absent& absent = found->second;
  const bool expired = now - absent.left_at > kLongest;
  const bool ask = !absent.from_file && now - absent.asked_at > kAskAgain;
  if (ask) absent.asked_at = now;
  if (!expired && !(ask && !probe(found->first))) return true;
  absent_.erase(found);
  return false;
}

void ClientIds::sweep(const Probe& probe, Clock::time_point now) {
  for (const std::string& client_id : std::exchange(unasked_, {})) {
    const auto found = absent_.find(client_id);
    if (found == absent_.end() || found->second.from_file) continue;
    found->second.asked_at = now;
    if (!probe(client_id)) absent_.erase(client_id);
  }
}

bool ClientIds::save(const std::string& path) const {
  SavedIds saved;
  for (const auto& [client_id, absent] : absent_) {
    const auto left_at = std::chrono::duration_cast<seconds>(absent.left_at.time_since_epoch()).count();
    saved.ids.push_back({client_id, absent.username, left_at, absent.listens_by});
  }
  return write_state(path, saved);
}

bool ClientIds::load(const std::string& path, Clock::time_point now) {
  SavedIds saved;
  if (!read_state(path, saved)) return false;
  for (SavedId& id : saved.ids) {
    const Clock::time_point left_at{seconds(id.left_at_s)};
    if (now - left_at > kLongest) continue;
    absent_[std::move(id.client_id)] = {std::move(id.username), std::move(id.listens_by), left_at, Clock::time_point(),
                                        true};
  }
  return true;
}

}  // namespace gatetorio::transport_mqtt
