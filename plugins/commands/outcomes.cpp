#include "outcomes.hpp"

#include <iterator>

#include "gatetorio/events.hpp"

namespace gatetorio::commands {

namespace {

using Clock = Handovers::Clock;

constexpr std::size_t kPerBatch = 500, kBytesPerBatch = 4 << 20;

}  // namespace

void Outcomes::handed_over(const CommandHandedOver& event, std::uint64_t sequence) {
  add_delivered(event.device_id, handovers_.handed_over(event.session, event.command_id, sequence, Clock::now()));
}

void Outcomes::heard(const DeviceMessage& message, const StatusPayload& said, std::uint64_t sequence) {
  add_delivered(message.device_id, handovers_.spoke(message.session, sequence, Clock::now()));
  // A state that comes with the answer is of the moment before: the next one tells what the gate does.
  if (said.state) {
    if (auto step = motions_.heard(message.device_id, *said.state, Clock::now())) {
      add({message.device_id, std::move(step->command_id), now(), step->state});
    }
  }
  if (!said.answer) return;
  const std::string& command_id = said.answer->command_id;
  said.answer->is_success ? motions_.acknowledged(message.device_id, command_id)
                          : motions_.end(message.device_id, command_id);
  add({message.device_id, command_id, now(), said.answer->is_success ? "acknowledged" : "failed", message.payload});
}

void Outcomes::deleted(std::int64_t device_id) {
  motions_.forget(device_id);
  const std::lock_guard lock(mutex_);
  waiting_.erase(device_id);
}

void Outcomes::add_delivered(std::int64_t device_id, std::vector<std::string> command_ids) {
  for (std::string& id : command_ids) add({device_id, std::move(id), now(), "delivered"});
}

void Outcomes::add(Outcome outcome) {
  {
    const std::lock_guard lock(mutex_);
    Waiting& device = waiting_[outcome.device_id];
    device.bytes += outcome.result.size();
    device.list.push_back(std::move(outcome));
    keep_to_share(device);
  }
  if (!outage_.is_on()) write_soon();
}

void Outcomes::keep_to_share(Waiting& device) {
  while (device.list.size() > kMostOfADevice || device.bytes > kMostBytesOfADevice) {
    device.bytes -= device.list.front().result.size();
    device.list.pop_front();
  }
}

void Outcomes::write_soon() {
  if (is_write_due_.exchange(true)) return;
  host_.post([this] { host_.run(flush()); });
}

Task<void> Outcomes::try_again() {
  handovers_.tidy(Clock::now());
  co_await flush();
}

Task<void> Outcomes::flush() {
  co_await turn_.take();
  const Turn::Holder holder(turn_);
  is_write_due_ = false;
  while (true) {
    std::vector<Outcome> batch = take_batch();
    if (batch.empty()) co_return;
    const Result<std::vector<Outcome>> saved = co_await repository_.save_outcomes(batch);
    if (!saved) {
      put_back(std::move(batch));
      co_return outage_.began(saved.error());
    }
    outage_.ended();
    for (const Outcome& outcome : *saved) {
      publish(host_, CommandOutcome{outcome.device_id, outcome.command_id, std::string(outcome.state), outcome.at.us},
              std::to_string(outcome.device_id));
    }
  }
}

std::vector<Outcome> Outcomes::take_batch() {
  const std::lock_guard lock(mutex_);
  std::vector<Outcome> batch;
  std::size_t bytes = 0;
  while (!waiting_.empty() && batch.size() < kPerBatch && bytes < kBytesPerBatch) {
    const auto first = waiting_.begin();
    bytes += first->second.bytes;
    auto& list = first->second.list;
    batch.insert(batch.end(), std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
    waiting_.erase(first);
  }
  return batch;
}

// In front of what came meanwhile.
void Outcomes::put_back(std::vector<Outcome> batch) {
  const std::lock_guard lock(mutex_);
  for (auto outcome = batch.rbegin(); outcome != batch.rend(); ++outcome) {
    Waiting& device = waiting_[outcome->device_id];
    device.bytes += outcome->result.size();
    device.list.push_front(std::move(*outcome));
  }
  for (auto& [id, device] : waiting_) keep_to_share(device);
}

}  // namespace gatetorio::commands
