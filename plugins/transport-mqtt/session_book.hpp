// Turns the broker's sessions into news of principals: one came (its first session), one left (its last).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/protocol.hpp"

namespace gatetorio::transport_mqtt {

// One thread at a time.
class SessionBook {
 public:
  using Tell = std::function<void(const std::string& username, bool connected, const std::string& peer)>;

  explicit SessionBook(Tell tell) : tell_(std::move(tell)) {}

  void opened(const SessionOpened& session);
  void closed(const SessionClosed& session);
  // These are all that there are: tells of the difference.
  void replace(const std::vector<SessionOpened>& sessions);
  // The broker died: nobody is connected, and nothing is told.
  void clear();
  std::size_t size() const { return usernames_.size(); }
  bool is_connected(const std::string& username) const { return counts_.contains(username); }

 private:
  Tell tell_;
  std::unordered_map<std::uint64_t, std::string> usernames_;  // by session
  std::unordered_map<std::string, int> counts_;               // sessions of a user name
};

}  // namespace gatetorio::transport_mqtt
