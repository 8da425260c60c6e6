// Sites: devices that belong together, and users who have access to all of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/resource_kinds.hpp"
#include "gatetorio/sites.hpp"
#include "site_repository.hpp"

namespace gatetorio::auth {

using SiteName = Text<SiteNameRule>;

struct SiteRef {
  RowId site_id;
};
BOOST_DESCRIBE_STRUCT(SiteRef, (), (site_id))

struct MakeSiteInput {
  SiteName name;
};
BOOST_DESCRIBE_STRUCT(MakeSiteInput, (), (name))

struct RenameSiteInput {
  RowId site_id;
  SiteName name;
};
BOOST_DESCRIBE_STRUCT(RenameSiteInput, (), (site_id, name))

struct SitesInput {
  std::optional<PageLimit> limit;
  std::optional<RowId> after;  // a site_id: those that follow it
};
BOOST_DESCRIBE_STRUCT(SitesInput, (), (limit, after))

struct SitesOutput {
  std::vector<Site> sites;           // in the order of their ids
  std::optional<std::int64_t> next;  // what to give as `after` for those that follow; null: there are none
};
BOOST_DESCRIBE_STRUCT(SitesOutput, (), (sites, next))

struct SiteDeviceInput {
  RowId site_id;
  ControllerId controller_id;
};
BOOST_DESCRIBE_STRUCT(SiteDeviceInput, (), (site_id, controller_id))

struct SiteDevice {
  std::int64_t id = 0;
  std::string controller_id;
  std::string device_name;
  bool is_online = false;
};
BOOST_DESCRIBE_STRUCT(SiteDevice, (), (id, controller_id, device_name, is_online))

struct SiteDevicesOutput {
  std::vector<SiteDevice> devices;  // in the order of their ids
};
BOOST_DESCRIBE_STRUCT(SiteDevicesOutput, (), (devices))

// A user that has been paired with some device: by its id, or by its token.
struct SiteUserInput {
  RowId site_id;
  std::optional<RowId> user_id;
  std::optional<UserToken> user_token;
  std::optional<AccessLevel> access_level;  // engineer where it is not said
  std::optional<Label<128>> name;
  std::optional<Integer<1, 87'600>> expires_in_hours;
  std::optional<TimeText> valid_from;
  std::optional<Schedule> schedule;
};
BOOST_DESCRIBE_STRUCT(SiteUserInput, (),
                      (site_id, user_id, user_token, access_level, name, expires_in_hours, valid_from, schedule))

struct SiteUserRef {
  RowId site_id;
  RowId user_id;
};
BOOST_DESCRIBE_STRUCT(SiteUserRef, (), (site_id, user_id))

struct SiteUsersOutput {
  std::vector<SiteMember> users;  // in the order of their ids
};
BOOST_DESCRIBE_STRUCT(SiteUsersOutput, (), (users))

class Sites {
 public:
  Sites(Host& host, Database& database, ServiceClient& devices, ServiceClient& access)
      : host_(host), repository_(database), devices_(devices), access_(access) {}

  // The caller is its owner.
  Task<Result<Site>> make(Call call, MakeSiteInput input);
  // Those of the calling user; of an admin, all.
  Task<Result<SitesOutput>> list(Call call, SitesInput input);
  Task<Result<Site>> rename(Call call, RenameSiteInput input);
  // The devices stay; what members had by it ends.
  Task<Result<void>> remove(Call call, SiteRef input);
  Task<Result<SiteDevicesOutput>> devices(Call call, SiteRef input);
  // The caller owns the site and the device, or is an admin. Errors: kForbidden, kNotFound; kConflict where it is full.
  Task<Result<SiteDevicesOutput>> add_device(Call call, SiteDeviceInput input);
  Task<Result<void>> remove_device(Call call, SiteDeviceInput input);
  Task<Result<SiteUsersOutput>> users(Call call, SiteRef input);
  // Adds a member, or changes what one has. Errors: kInvalid, kNotFound; kConflict where it is full, or no owner would
  // be left.
  Task<Result<SiteMember>> put_user(Call call, SiteUserInput input);
  // Owners remove anybody, and everybody itself. Errors: kForbidden, kNotFound; kConflict for the last owner.
  Task<Result<void>> remove_user(Call call, SiteUserRef input);

  // SiteRegistry::Devices.
  Task<Result<DeviceIds>> device_ids(SiteId site);
  // ResourceKind::Find.
  Task<Result<Access>> access_to(ResourceQuery query);

 private:
  // What a user or an admin is on a site; empty: nothing now, or there is no such site.
  Task<Result<std::string>> level_of(std::int64_t site_id, Principal principal);
  Task<Result<std::int64_t>> owned_device(Principal caller, std::string controller_id);
  void tell(const std::vector<std::int64_t>& users) const;

  Host& host_;
  SiteRepository repository_;
  ServiceClient& devices_;
  ServiceClient& access_;
};

}  // namespace gatetorio::auth
