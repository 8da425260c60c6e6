#include "motion_watch.hpp"

#include <utility>

namespace gatetorio::commands {

namespace {

// The states of the gate software: OPENING, CLOSING_TO_PARTIAL_1, REVERSING_FROM_OPEN …, and where a gate rests.
bool is_reversing(std::string_view state) { return state.starts_with("REVERSING"); }
bool is_opening(std::string_view state) { return state.starts_with("OPENING"); }
bool is_closing(std::string_view state) { return state.starts_with("CLOSING"); }
bool is_moving(std::string_view state) { return is_opening(state) || is_closing(state) || is_reversing(state); }
bool is_at_rest(std::string_view state) {
  return state == "OPEN" || state == "CLOSED" || state == "STOPPED" || state.starts_with("PARTIAL");
}

// The end that the command asks for.
bool is_end_of(const Motion& motion, bool has_moved, std::string_view state) {
  switch (motion.verb) {
    case Verb::open:
      return state == "OPEN";
    case Verb::close:
      return state == "CLOSED";
    case Verb::partial:
      return state.starts_with("PARTIAL") && (motion.place.empty() || state.ends_with("_" + motion.place));
    case Verb::stop:
      return is_at_rest(state);
    case Verb::toggle:
      return has_moved && is_at_rest(state);
    case Verb::other:
      return false;
  }
  return false;
}

bool is_its_motion(const Motion& motion, std::string_view state) {
  if (motion.verb == Verb::open) return is_opening(state);
  if (motion.verb == Verb::close) return is_closing(state);
  return motion.verb != Verb::stop && (is_opening(state) || is_closing(state));
}

}  // namespace

void MotionWatch::begin(std::int64_t device_id, const std::string& command_id, const Motion& motion,
                        Clock::time_point at) {
  if (motion.verb == Verb::other) return;
  const std::lock_guard lock(mutex_);
  if (by_device_.size() >= kMost) make_room(at);
  if (by_device_.size() < kMost) by_device_[device_id] = {.command_id = command_id, .motion = motion, .begun_at = at};
}

void MotionWatch::make_room(Clock::time_point at) {
  std::erase_if(by_device_, [at](const auto& entry) { return at - entry.second.begun_at > kLongestMotion; });
}

void MotionWatch::end(std::int64_t device_id, const std::string& command_id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_device_.find(device_id);
  if (found != by_device_.end() && found->second.command_id == command_id) by_device_.erase(found);
}

void MotionWatch::acknowledged(std::int64_t device_id, const std::string& command_id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_device_.find(device_id);
  if (found != by_device_.end() && found->second.command_id == command_id) found->second.is_acknowledged = true;
}

void MotionWatch::forget(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  by_device_.erase(device_id);
}

std::optional<MotionWatch::Step> MotionWatch::heard(std::int64_t device_id, std::string_view state,
                                                    Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  const auto found = by_device_.find(device_id);
  if (found == by_device_.end()) return std::nullopt;
  Watched& watched = found->second;
  if (at - watched.begun_at > kLongestMotion) {
    by_device_.erase(found);
    return std::nullopt;
  }
  const bool is_its = is_its_motion(watched.motion, state);
  const bool has_turned = watched.has_moved && is_moving(state) && !is_its;
  watched.has_moved = watched.has_moved || is_its;
  if (!watched.is_acknowledged) return std::nullopt;
  if (has_turned || is_end_of(watched.motion, watched.has_moved, state)) {
    Step step{std::move(watched.command_id), has_turned ? "reversed" : "completed"};
    by_device_.erase(found);
    return step;
  }
  if (!is_its || std::exchange(watched.is_told_of, true)) return std::nullopt;
  return Step{watched.command_id, "moving"};
}

}  // namespace gatetorio::commands
