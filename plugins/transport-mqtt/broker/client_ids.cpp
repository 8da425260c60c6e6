#include "broker/client_ids.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

#include "broker/protocol.hpp"

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
};
BOOST_DESCRIBE_STRUCT(SavedId, (), (client_id, username, left_at_s))

struct SavedIds {
  std::vector<SavedId> ids;
};
BOOST_DESCRIBE_STRUCT(SavedIds, (), (ids))

}  // namespace

void ClientIds::left(std::string client_id, std::string username, Clock::time_point now) {
  unasked_.push_back(client_id);
  absent_[std::move(client_id)] = {std::move(username), now, Clock::time_point(), false};
}

void ClientIds::forget(std::string_view client_id) {
  if (const auto found = absent_.find(client_id); found != absent_.end()) absent_.erase(found);
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
    saved.ids.push_back({client_id, absent.username, left_at});
  }
  const std::string bytes = wire::encode(saved);
  const std::string part = path + ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return out && std::rename(part.c_str(), path.c_str()) == 0;
}

bool ClientIds::load(const std::string& path, Clock::time_point now) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  SavedIds saved;
  if (!wire::decode(bytes, saved)) return false;
  for (SavedId& id : saved.ids) {
    const Clock::time_point left_at{seconds(id.left_at_s)};
    if (now - left_at > kLongest) continue;
    absent_[std::move(id.client_id)] = {std::move(id.username), left_at, Clock::time_point(), true};
  }
  return true;
}

}  // namespace gatetorio::transport_mqtt
