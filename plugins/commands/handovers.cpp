#include "handovers.hpp"

#include <algorithm>

namespace gatetorio::commands {

std::vector<std::string> Handovers::handed_over(std::uint64_t session, std::string command_id, std::uint64_t sequence,
                                                Clock::time_point at) {
  if (session == 0) return {};
  const std::lock_guard lock(mutex_);
  Session& known = sessions_[session];
  known.heard_of = at;
  if (known.open.size() == kMostOfASession) drop_oldest(known);
  if (open_ == kMost) return {};
  known.open.push_back({std::move(command_id), sequence, at});
  ++open_;
  return take_delivered(known);
}

std::vector<std::string> Handovers::spoke(std::uint64_t session, std::uint64_t sequence, Clock::time_point at) {
  if (session == 0) return {};
  const std::lock_guard lock(mutex_);
  Session& known = sessions_[session];
  known.heard_of = at;
  known.spoke = std::max(known.spoke, sequence);
  return take_delivered(known);
}

void Handovers::tidy(Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  for (auto& [number, session] : sessions_) {
    while (!session.open.empty() && at - session.open.front().at > kLongestLife) drop_oldest(session);
  }
  std::erase_if(sessions_, [&](const auto& entry) {
    return entry.second.open.empty() && at - entry.second.heard_of > kLongestLife;
  });
}

std::size_t Handovers::size() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Handovers::drop_oldest(Session& session) {
  session.open.pop_front();
  --open_;
}

std::vector<std::string> Handovers::take_delivered(Session& session) {
  std::vector<std::string> delivered;
  std::erase_if(session.open, [&](Handover& handover) {
    if (handover.sequence > session.spoke) return false;
    delivered.push_back(std::move(handover.command_id));
    return true;
  });
  open_ -= delivered.size();
  return delivered;
}

}  // namespace gatetorio::commands
