#include "broker/ledger.hpp"

namespace gatetorio::transport_mqtt {

void CommandLedger::accept(std::string_view command_id, Clock::time_point until, Clock::time_point now) {
  // Times to live differ by minutes at most, so a front that still lives holds back few entries for little time.
  while (!order_.empty() && order_.front().until < now) {
    const auto found = until_.find(order_.front().command_id);
    if (found != until_.end() && found->second < now) until_.erase(found);
    order_.pop_front();
  }
  const auto [entry, is_new] = until_.try_emplace(std::string(command_id), until);
  if (!is_new && until < entry->second) entry->second = until;
  if (is_new) order_.push_back({std::string(command_id), until});
}

bool CommandLedger::in_time(std::string_view command_id, Clock::time_point now) const {
  const auto found = until_.find(command_id);
  return found != until_.end() && now <= found->second;
}

}  // namespace gatetorio::transport_mqtt
