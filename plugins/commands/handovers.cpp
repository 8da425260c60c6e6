#include "handovers.hpp"

#include <algorithm>

namespace gatetorio::commands {

std::vector<std::string> Handovers::handed_over(std::int64_t device_id, std::string command_id, std::uint64_t sequence,
                                                Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  Device& device = devices_[device_id];
  device.heard_of = at;
  if (sequence < device.ended) return {};
  if (device.open.size() == kMostOfADevice) drop_oldest(device);
  if (open_ == kMost) return {};
  device.open.push_back({std::move(command_id), sequence, at});
  ++open_;
  return take_delivered(device);
}

std::vector<std::string> Handovers::spoke(std::int64_t device_id, std::uint64_t sequence, Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  Device& device = devices_[device_id];
  device.heard_of = at;
  device.spoke = std::max(device.spoke, sequence);
  return take_delivered(device);
}

void Handovers::session_ended(std::int64_t device_id, std::uint64_t sequence, Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  Device& device = devices_[device_id];
  device.heard_of = at;
  device.ended = std::max(device.ended, sequence);
  open_ -= std::erase_if(device.open, [&](const Handover& handover) { return handover.sequence < device.ended; });
}

void Handovers::forget_all() {
  const std::lock_guard lock(mutex_);
  devices_.clear();
  open_ = 0;
}

void Handovers::forget(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  const auto found = devices_.find(device_id);
  if (found == devices_.end()) return;
  open_ -= found->second.open.size();
  devices_.erase(found);
}

void Handovers::tidy(Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, device] : devices_) {
    while (!device.open.empty() && at - device.open.front().at > kLongestLife) drop_oldest(device);
  }
  std::erase_if(devices_, [&](const auto& entry) {
    return entry.second.open.empty() && at - entry.second.heard_of > kLongestLife;
  });
}

std::size_t Handovers::size() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Handovers::drop_oldest(Device& device) {
  device.open.pop_front();
  --open_;
}

std::vector<std::string> Handovers::take_delivered(Device& device) {
  std::vector<std::string> delivered;
  std::erase_if(device.open, [&](Handover& handover) {
    if (handover.sequence > device.spoke) return false;
    delivered.push_back(std::move(handover.command_id));
    return true;
  });
  open_ -= delivered.size();
  return delivered;
}

}  // namespace gatetorio::commands
