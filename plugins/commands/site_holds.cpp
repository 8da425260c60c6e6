#include "site_holds.hpp"

namespace gatetorio::commands {

Task<Result<SiteHoldOutput>> SiteHolds::lock_down(Call call, SiteHoldInput input) {
  return begin(std::move(call), std::move(input), HoldKind::lockdown);
}

Task<Result<SiteHoldOutput>> SiteHolds::hold_open(Call call, SiteHoldInput input) {
  return begin(std::move(call), std::move(input), HoldKind::hold_open);
}

Task<Result<SiteHoldOutput>> SiteHolds::end_lockdown(Call call, SiteRef) {
  return end(std::move(call), HoldKind::lockdown);
}

Task<Result<SiteHoldOutput>> SiteHolds::end_hold_open(Call call, SiteRef) {
  return end(std::move(call), HoldKind::hold_open);
}

Task<Result<SiteHoldOutput>> SiteHolds::begin(Call call, SiteHoldInput input, HoldKind kind) {
  const Result<Hold> hold = RuleBook::make_hold(call, input.until, std::move(input.reason));
  if (!hold) co_return hold.error();
  const std::int64_t site_id = call.access.resource_id;
  const DeviceIds devices = co_await ok(sites_.call<SiteRegistry::Devices>(site_id));
  co_await ok(rules_.set_holds(std::move(call), devices.ids, kind, *hold));
  co_return SiteHoldOutput{site_id, static_cast<std::int64_t>(devices.ids.size()), hold->until};
}

Task<Result<SiteHoldOutput>> SiteHolds::end(Call call, HoldKind kind) {
  const std::int64_t site_id = call.access.resource_id;
  const DeviceIds devices = co_await ok(sites_.call<SiteRegistry::Devices>(site_id));
  co_await ok(rules_.end_holds(std::move(call), devices.ids, kind));
  co_return SiteHoldOutput{site_id, static_cast<std::int64_t>(devices.ids.size()), std::nullopt};
}

}  // namespace gatetorio::commands
