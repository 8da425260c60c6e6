#include "session_book.hpp"

#include <utility>

namespace gatetorio::transport_mqtt {

void SessionBook::opened(const SessionOpened& session) {
  if (!usernames_.emplace(session.session, session.username).second) return;
  if (++counts_[session.username] == 1) tell_(session.username, true, session.peer);
}

void SessionBook::closed(const SessionClosed& session) {
  if (usernames_.erase(session.session) == 0) return;
  const auto count = counts_.find(session.username);
  if (count == counts_.end() || --count->second > 0) return;
  counts_.erase(count);
  tell_(session.username, false, {});
}

void SessionBook::replace(const std::vector<SessionOpened>& sessions) {
  const auto before = std::exchange(counts_, {});
  usernames_.clear();
  for (const SessionOpened& session : sessions) {
    if (!usernames_.emplace(session.session, session.username).second) continue;
    if (++counts_[session.username] == 1 && !before.contains(session.username)) {
      tell_(session.username, true, session.peer);
    }
  }
  for (const auto& [username, count] : before) {
    if (!counts_.contains(username)) tell_(username, false, {});
  }
}

void SessionBook::clear() {
  usernames_.clear();
  counts_.clear();
}

}  // namespace gatetorio::transport_mqtt
