#include "broker/ledger.hpp"

#include "gatetorio/secret.hpp"

namespace gatetorio::transport_mqtt {

void CommandLedger::accept(std::string_view payload, Command command, Clock::time_point now) {
  // Times to live differ by minutes at most, so a front that still lives holds back few entries for little time.
  while (!order_.empty() && order_.front().until < now) {
    const auto found = commands_.find(order_.front().digest);
    if (found != commands_.end() && found->second.until < now) commands_.erase(found);
    order_.pop_front();
  }
  std::string digest = sha256(payload);
  const Clock::time_point until = command.until;
  const auto [entry, is_new] = commands_.try_emplace(digest, std::move(command));
  if (!is_new && until < entry->second.until) entry->second.until = until;
  if (is_new) order_.push_back({std::move(digest), until});
}

const CommandLedger::Command* CommandLedger::find(std::string_view payload, std::int64_t device_id,
                                                  Clock::time_point now, std::int64_t now_us) const {
  const auto found = commands_.find(sha256(payload));
  if (found == commands_.end()) return nullptr;
  const Command& command = found->second;
  const bool is_in_time = now <= command.until && now_us <= command.expires_at_us;
  return command.device_id == device_id && is_in_time ? &command : nullptr;
}

}  // namespace gatetorio::transport_mqtt
