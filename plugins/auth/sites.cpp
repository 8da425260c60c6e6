#include "sites.hpp"

#include "gatetorio/events.hpp"
#include "gatetorio/find_device.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::auth {

namespace {

std::int64_t or_first(const std::optional<RowId>& after) { return after ? after->value : 0; }

Error wrong(std::string pointer, std::string why) {
  return {
      .status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = {{std::move(pointer), std::move(why)}}};
}

// Errors: kInvalid.
Result<SiteRepository::Membership> read_membership(const SiteUserInput& input) {
  if (input.user_id.has_value() == input.user_token.has_value()) {
    return wrong("/user_id", "must be given, or else user_token; not both");
  }
  SiteRepository::Membership membership{
      .site_id = 0, .user_id = {}, .token_hash = {}, .level = {}, .name = {}, .time = {}};
  if (input.user_id) membership.user_id = input.user_id->value;
  if (input.user_token) membership.token_hash = sha256(input.user_token->value);
  membership.level = boost::describe::enum_to_string(input.access_level.value_or(AccessLevel::engineer), "");
  if (input.name) membership.name = input.name->value;
  GrantTime& time = membership.time;
  if (input.valid_from) time.valid_from = time_of(*input.valid_from);
  if (input.expires_in_hours) time.expires_at = {now().us + input.expires_in_hours->value * kMicrosecondsPerHour};
  if (time.valid_from >= time.expires_at)
    return wrong("/valid_from", "must be before the end, which is counted from now");
  if (!input.schedule) return membership;
  const Result<void> good = check_schedule(*input.schedule, "/schedule");
  if (!good) return good.error();
  if (!input.schedule->windows.empty()) time.schedule = json::write(*input.schedule);
  return membership;
}

}  // namespace

Task<Result<Site>> Sites::make(Call call, MakeSiteInput input) {
  if (call.principal->id == 0) {
    co_return Error{.status = Status::kForbidden, .detail = "No device has paired with this user yet."};
  }
  const std::int64_t owner_id = call.principal->id;
  co_return co_await repository_.make(std::move(input.name.value), owner_id, std::move(call));
}

Task<Result<SitesOutput>> Sites::list(Call call, SitesInput input) {
  constexpr std::int64_t kDefaultLimit = 1000;
  const std::int64_t limit = input.limit ? input.limit->value : kDefaultLimit;
  std::optional<std::int64_t> user_id;
  if (call.principal->kind == "user") user_id = call.principal->id;
  SitesOutput out;
  out.sites = co_await ok(repository_.list(user_id, or_first(input.after), limit + 1));
  if (out.sites.size() > static_cast<std::size_t>(limit)) {
    out.sites.pop_back();
    out.next = out.sites.back().site_id;
  }
  co_return out;
}

Task<Result<Site>> Sites::rename(Call call, RenameSiteInput input) {
  co_await ok(repository_.rename(call.access.resource_id, std::move(input.name.value), call));
  Site site = co_await ok(repository_.find(call.access.resource_id));
  if (call.principal->kind == "user") site.access_level = call.access.level;
  co_return site;
}

Task<Result<void>> Sites::remove(Call call, SiteRef) {
  const std::vector<std::int64_t> users = co_await ok(repository_.remove(call.access.resource_id, call));
  tell(users);
  co_return Result<void>();
}

Task<Result<SiteDevicesOutput>> Sites::devices(Call call, SiteRef) {
  DeviceIds ids;
  ids.ids = co_await ok(repository_.devices(call.access.resource_id));
  SiteDevicesOutput out;
  if (ids.ids.empty()) co_return out;
  const DeviceList found = co_await ok(devices_.call<DeviceRegistry::FindByIds>(ids));
  for (const Device& device : found.devices) {
    out.devices.push_back({device.id, device.controller_id, device.device_name, device.is_online});
  }
  std::sort(out.devices.begin(), out.devices.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  co_return out;
}

// The device, where the caller may give access to it.
Task<Result<std::int64_t>> Sites::owned_device(Principal caller, std::string controller_id) {
  const std::string need = caller.kind == "admin" ? "admin" : "owner";
  AccessQuery query{std::move(caller), std::move(controller_id), need, 0};
  const Decision decision = co_await ok(access_.call<AccessControl::Check>(std::move(query)));
  if (decision.is_allowed) co_return decision.access.resource_id;
  if (!decision.access.level.empty()) {
    co_return Error{.status = Status::kForbidden, .detail = "Only an owner of the device puts it into a site."};
  }
  co_return Error{.status = Status::kNotFound, .detail = "There is no such device, or it is not yours."};
}

Task<Result<SiteDevicesOutput>> Sites::add_device(Call call, SiteDeviceInput input) {
  const std::int64_t device_id = co_await ok(owned_device(*call.principal, std::move(input.controller_id.value)));
  const std::vector<std::int64_t> users = co_await ok(repository_.add_device(call.access.resource_id, device_id, call));
  tell(users);
  co_return co_await devices(std::move(call), SiteRef());
}

Task<Result<void>> Sites::remove_device(Call call, SiteDeviceInput input) {
  const std::int64_t device_id = co_await ok(find_device_id(devices_, std::move(input.controller_id.value)));
  const std::vector<std::int64_t> users =
      co_await ok(repository_.remove_device(call.access.resource_id, device_id, call));
  tell(users);
  co_return Result<void>();
}

Task<Result<SiteUsersOutput>> Sites::users(Call call, SiteRef) {
  SiteUsersOutput out;
  out.users = co_await ok(repository_.members(call.access.resource_id));
  co_return out;
}

Task<Result<SiteMember>> Sites::put_user(Call call, SiteUserInput input) {
  Result<SiteRepository::Membership> membership = read_membership(input);
  if (!membership) co_return membership.error();
  membership->site_id = call.access.resource_id;  // the site that was judged
  const std::int64_t user_id = co_await ok(repository_.put_member(*std::move(membership), call));
  tell({user_id});
  const std::optional<SiteMember> member = co_await ok(repository_.member(call.access.resource_id, user_id));
  if (member) co_return *member;
  co_return Error{.status = Status::kNotFound, .detail = "The user has been removed again."};
}

Task<Result<void>> Sites::remove_user(Call call, SiteUserRef input) {
  const std::int64_t user_id = input.user_id.value;
  const bool is_itself = call.principal->kind == "user" && call.principal->id == user_id;
  const bool is_manager = call.principal->kind == "admin" || call.access.level == "owner";
  if (!is_itself && !is_manager) {
    co_return Error{.status = Status::kForbidden, .detail = "Only an owner of the site removes others."};
  }
  co_await ok(repository_.remove_member(call.access.resource_id, user_id, call));
  tell({user_id});
  co_return Result<void>();
}

Task<Result<DeviceIds>> Sites::device_ids(SiteId site) {
  DeviceIds ids;
  ids.ids = co_await ok(repository_.devices(site.id));
  co_return ids;
}

Task<Result<Access>> Sites::access_to(ResourceQuery query) {
  Access access{.resource_id = parse_id(query.id).value_or(0)};
  access.level = co_await ok(level_of(access.resource_id, std::move(query.principal)));
  co_return access;
}

Task<Result<std::string>> Sites::level_of(std::int64_t site_id, Principal principal) {
  if (principal.kind == "admin") {
    const Result<Site> site = co_await repository_.find(site_id);
    if (site) co_return principal.role;
    if (site.error().status != Status::kNotFound) co_return site.error();
  }
  if (principal.kind != "user") co_return std::string();
  const std::optional<SiteMember> member = co_await ok(repository_.member(site_id, principal.id));
  if (member && member->is_open) co_return member->access_level;
  co_return std::string();
}

void Sites::tell(const std::vector<std::int64_t>& users) const {
  for (const std::int64_t user_id : users) {
    publish(host_, AccessChanged{.kind = "user", .id = user_id}, key_of(PrincipalId{"user", user_id}));
  }
}

}  // namespace gatetorio::auth
