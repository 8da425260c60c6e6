#include "under_way.hpp"

namespace gatetorio::commands {

UnderWay::Place::Place(UnderWay& road, std::int64_t device_id, const Motion& motion)
    : road_(road), device_id_(device_id), gate_(motion.gate), moves_(motion.moves()) {
  const std::lock_guard lock(road_.mutex_);
  road_.by_device_.emplace(device_id, this);
}

UnderWay::Place::~Place() {
  const std::lock_guard lock(road_.mutex_);
  const auto [first, last] = road_.by_device_.equal_range(device_id_);
  for (auto at = first; at != last; ++at) {
    if (at->second != this) continue;
    road_.by_device_.erase(at);
    return;
  }
}

bool UnderWay::Place::go() {
  const std::lock_guard lock(road_.mutex_);
  is_going_ = !is_cancelled_;
  return is_going_;
}

std::optional<Publish> UnderWay::Place::stop_since() const {
  const std::lock_guard lock(road_.mutex_);
  return stop_;
}

void UnderWay::stop(const Publish& message, const Motion& motion) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = by_device_.equal_range(message.device_id);
  for (auto at = first; at != last; ++at) {
    Place& place = *at->second;
    if (!place.moves_ || (motion.names_gate && place.gate_ != motion.gate)) continue;
    if (place.is_going_) {
      place.stop_ = message;
    } else {
      place.is_cancelled_ = true;
    }
  }
}

void UnderWay::halt(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = by_device_.equal_range(device_id);
  for (auto at = first; at != last; ++at) {
    if (!at->second->is_going_) at->second->is_cancelled_ = true;
  }
}

}  // namespace gatetorio::commands
