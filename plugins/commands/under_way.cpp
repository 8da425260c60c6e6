#include "under_way.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::int64_t kAllGates = -1;
constexpr std::chrono::seconds kRemembered{60};  // longer than a call may take
constexpr std::size_t kMostRemembered = 1'000;   // then the old ones are looked for

}  // namespace

UnderWay::Place::Place(UnderWay& road, const Command& command)
    : road_(road),
      command_id_(command.id),
      device_id_(command.device_id),
      gate_(command.motion.gate),
      moves_(command.motion.moves()),
      issued_at_(command.issued_at) {
  const std::lock_guard lock(road_.mutex_);
  road_.by_device_.emplace(device_id_, this);
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
  is_going_ = !is_cancelled_ && !(moves_ && road_.was_stopped_after(device_id_, gate_, issued_at_));
  return is_going_;
}

std::optional<UnderWay::Stop> UnderWay::Place::stop_since() const {
  const std::lock_guard lock(road_.mutex_);
  return stop_;
}

void UnderWay::stop(const Stop& stop) {
  const Command& command = stop.command;
  const bool is_for_all = !command.motion.names_gate;
  const std::lock_guard lock(mutex_);
  last_stops_[{command.device_id, is_for_all ? kAllGates : command.motion.gate}] = {command.issued_at, Clock::now()};
  if (last_stops_.size() > kMostRemembered) forget_old_stops();
  const auto [first, last] = by_device_.equal_range(command.device_id);
  for (auto at = first; at != last; ++at) {
    Place& place = *at->second;
    if (!place.moves_ || (!is_for_all && place.gate_ != command.motion.gate)) continue;
    if (place.is_going_) {
      place.stop_ = stop;
    } else if (place.issued_at_ <= command.issued_at) {
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

bool UnderWay::has(std::int64_t device_id, const std::string& command_id) const {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = by_device_.equal_range(device_id);
  for (auto at = first; at != last; ++at) {
    if (at->second->command_id_ == command_id) return true;
  }
  return false;
}

bool UnderWay::was_stopped_after(std::int64_t device_id, std::int64_t gate, Timestamp issued_at) const {
  for (const std::int64_t key : {gate, kAllGates}) {
    const auto found = last_stops_.find({device_id, key});
    if (found == last_stops_.end() || Clock::now() - found->second.noted_at > kRemembered) continue;
    // One of the future was noted before the clock was set back.
    if (issued_at <= found->second.issued_at && found->second.issued_at <= now()) return true;
  }
  return false;
}

void UnderWay::forget_old_stops() {
  const auto at = Clock::now();
  std::erase_if(last_stops_, [at](const auto& entry) { return at - entry.second.noted_at > kRemembered; });
}

}  // namespace gatetorio::commands
