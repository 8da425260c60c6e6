#include "broker/client_ids.hpp"

#include <algorithm>
#include <utility>

#include "broker/state_file.hpp"

namespace gatetorio::transport_mqtt {
namespace {

using std::chrono::seconds;

// Asking costs the broker a little memory each time, until the session ends.
constexpr seconds kAskAgain{5};
constexpr std::chrono::minutes kAskAllAgain{10};
// The broker drops persistent sessions after a day (persistent_client_expiration).
constexpr std::chrono::hours kLongest{24};

struct SavedId {
  std::string client_id;
  std::string username;
  std::int64_t left_at_s = 0;
  std::string listens_by;
  std::vector<std::string> wildcards;
};
BOOST_DESCRIBE_STRUCT(SavedId, (), (client_id, username, left_at_s, listens_by, wildcards))

struct SavedIds {
  std::vector<SavedId> ids;
};
BOOST_DESCRIBE_STRUCT(SavedIds, (), (ids))

}  // namespace

void ClientIds::add(std::string client_id, Absent absent) {
  if (const auto known = absent_.find(client_id); known != absent_.end()) erase(known);
  Count& count = counts_[absent.kept.username];
  ++count.all;
  count.recent += absent.from_file ? 0 : 1;
  absent_.emplace(std::move(client_id), std::move(absent));
}

void ClientIds::erase(Entries::const_iterator entry) {
  const auto count = counts_.find(entry->second.kept.username);
  count->second.recent -= entry->second.from_file ? 0 : 1;
  if (--count->second.all == 0) counts_.erase(count);
  absent_.erase(entry);
}

void ClientIds::left(std::string client_id, Kept kept, Clock::time_point now) {
  unasked_.push_back(client_id);
  add(std::move(client_id), {std::move(kept), now, Clock::time_point(), false});
}

std::optional<ClientIds::Kept> ClientIds::is_back(std::string_view client_id) {
  const auto found = absent_.find(client_id);
  if (found == absent_.end()) return std::nullopt;
  Kept kept = found->second.kept;
  erase(found);
  return kept;
}

std::int64_t ClientIds::count(const std::string& username) const {
  const auto found = counts_.find(username);
  return found == counts_.end() ? 0 : found->second.recent;
}

void ClientIds::listens_no_more(const std::string& client_id, std::string_view filter) {
  const auto found = absent_.find(client_id);
  if (found == absent_.end()) return;
  Kept& kept = found->second.kept;
  if (kept.listens_by == filter) kept.listens_by.clear();
  std::erase(kept.wildcards, filter);
}

std::vector<std::string> ClientIds::of(std::string_view username) const {
  std::vector<std::string> list;
  if (!counts_.contains(std::string(username))) return list;
  for (const auto& [client_id, absent] : absent_) {
    if (absent.kept.username == username) list.push_back(client_id);
  }
  return list;
}

void ClientIds::release(std::string_view username) {
  for (const std::string& client_id : of(username)) erase(absent_.find(client_id));
}

std::vector<std::string> ClientIds::holders() const {
  std::vector<std::string> list;
  for (const auto& [username, count] : counts_) list.push_back(username);
  std::sort(list.begin(), list.end());
  return list;
}

bool ClientIds::held_by_other(std::string_view client_id, std::string_view username, const Probe& probe,
                              Clock::time_point now) {
  const auto found = absent_.find(client_id);
  if (found == absent_.end() || found->second.kept.username == username) return false;
  Absent& absent = found->second;
  const bool expired = now - absent.left_at > kLongest;
  const bool ask = !absent.from_file && now - absent.asked_at > kAskAgain;
  if (ask) absent.asked_at = now;
  if (!expired && !(ask && !probe(found->first))) return true;
  erase(found);
  return false;
}

void ClientIds::sweep(const Probe& probe, Clock::time_point now) {
  for (const std::string& client_id : std::exchange(unasked_, {})) {
    const auto found = absent_.find(client_id);
    if (found == absent_.end() || found->second.from_file) continue;
    found->second.asked_at = now;
    if (!probe(client_id)) erase(found);
  }
  if (now - swept_at_ < kAskAllAgain) return;
  swept_at_ = now;
  for (const std::string& username : holders()) ask_about(username, probe, now);
}

void ClientIds::ask_about(const std::string& username, const Probe& probe, Clock::time_point now) {
  for (const std::string& client_id : of(username)) {
    const auto found = absent_.find(client_id);
    Absent& absent = found->second;
    if (absent.from_file || now - absent.asked_at <= kAskAgain) continue;
    absent.asked_at = now;
    if (!probe(client_id)) erase(found);
  }
}

bool ClientIds::save(const std::string& path) const {
  SavedIds saved;
  for (const auto& [client_id, absent] : absent_) {
    const auto left_at = std::chrono::duration_cast<seconds>(absent.left_at.time_since_epoch()).count();
    const Kept& kept = absent.kept;
    saved.ids.push_back({client_id, kept.username, left_at, kept.listens_by, kept.wildcards});
  }
  return write_state(path, saved);
}

bool ClientIds::load(const std::string& path, Clock::time_point now) {
  SavedIds saved;
  if (!read_state(path, saved)) return false;
  for (SavedId& id : saved.ids) {
    const Clock::time_point left_at{seconds(id.left_at_s)};
    if (now - left_at > kLongest) continue;
    add(std::move(id.client_id), {{std::move(id.username), std::move(id.listens_by), std::move(id.wildcards)},
                                  left_at,
                                  Clock::time_point(),
                                  true});
  }
  return true;
}

}  // namespace gatetorio::transport_mqtt
