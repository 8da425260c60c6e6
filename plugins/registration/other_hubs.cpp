#include "other_hubs.hpp"

namespace gatetorio::registration {

namespace {

constexpr std::chrono::seconds kLook{10};
constexpr std::chrono::seconds kDeadAfter{60};  // six words of life that did not come
constexpr std::chrono::seconds kLongestGap{20};

}  // namespace

void OtherHubs::begin(std::string own) {
  host_.every(kLook, [this, own = std::move(own)] { return watch(own); }, {.first = std::chrono::milliseconds(0)});
}

Task<void> OtherHubs::watch(std::string own) {
  const Result<void> looked = co_await look(std::move(own));
  if (!looked) seen_.clear();  // they could not write either
}

Task<Result<void>> OtherHubs::look(std::string own) {
  const std::vector<HubBeat> beats = co_await ok(repository_.beats());
  const Clock::time_point at = Clock::now();
  // Silence counts only where somebody listened.
  if (at - looked_at_ > kLongestGap) seen_.clear();
  looked_at_ = at;
  std::map<std::string, Seen> seen;
  std::vector<HubBeat> dead;
  for (const HubBeat& beat : beats) {
    if (beat.hub == own) continue;
    const auto before = seen_.find(beat.hub);
    const bool is_silent = before != seen_.end() && before->second.alive_at.us == beat.alive_at.us;
    const Seen now = is_silent ? before->second : Seen{beat.alive_at, at};
    seen.emplace(beat.hub, now);
    if (at - now.since >= kDeadAfter) dead.push_back(beat);
  }
  seen_.swap(seen);
  for (const HubBeat& beat : dead) {
    const Result<std::vector<LastSeen>> left = co_await repository_.take_over(beat);
    if (!left && left.error().status == Status::kGuardFailed) continue;  // it lives, or somebody else was quicker
    if (!left) co_return left.error();
    host_.warn("a hub on this database has not been heard of for a minute; who was connected to it is offline",
               {{"hub", beat.hub}, {"devices", std::to_string(left->size())}});
    left_(*left);
  }
  co_return Result<void>();
}

}  // namespace gatetorio::registration
