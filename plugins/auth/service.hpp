// The rules of users: who is one, who is given access and who loses it. Knows no HTTP and no SQL.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "gatetorio/credentials.hpp"
#include "gatetorio/deleted_devices.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "grant_keeper.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::auth {

struct Settings {
  std::int64_t mqtt_credentials_hours = 24;
  std::int64_t ended_keep_days = 90;
  std::int64_t retention_grace_minutes = 60;
};

class Service {
 public:
  static constexpr std::chrono::seconds kFlush{5};

  Service(Host& host, Repository& repository, ServiceClient& devices, const Settings& settings)
      : host_(host),
        repository_(repository),
        devices_(devices),
        link_(host, DeviceLink::kId),
        settings_(settings),
        deleted_devices_(
            host, devices,
            [this](std::int64_t after, std::int64_t most) { return repository_.devices_after(after, most); },
            [this](std::int64_t device_id) { return forget_device(device_id); }),
        told_until_(now()) {}

  // A device gives a user access to itself.
  Task<Result<AuthorizeOutput>> authorize(Call call, AuthorizeInput input);
  // The devices of the calling user.
  Task<Result<DiscoverOutput>> discover(Call call, DiscoverInput input);
  Task<Result<DiscoverOutput>> my_devices(Call call, MyDevicesInput input);
  // The calling user's access to a device; an unknown device is one without access.
  Task<Result<AccessOutput>> access(Call call, DeviceRef input);
  // Who has access to the call's device.
  Task<Result<UsersOutput>> users(Call call, UsersInput input);
  // Takes a user's access to the call's device.
  Task<Result<void>> remove(Call call, UserRef input);
  Task<Result<AllUsersOutput>> all_users(Call call, AllUsersInput input);
  Task<Result<GrantsOutput>> all_grants(Call call, GrantsInput input);
  // Forgets a user and all that it was given; its app is a stranger then, who can be paired anew. Errors: kNotFound.
  Task<Result<void>> remove_user(Call call, UserIdRef input);
  Task<Result<MqttCredentialsOutput>> mqtt_credentials(Call call, TokenInput);

  // A user by its token (Bearer) or by its MQTT user name and password. A well-formed token that nobody has been paired
  // with is a user with id 0.
  Task<Result<Principal>> authenticate(Credential credential);

  // FindPasswords: those that users have for the broker.
  Task<Result<KnownPasswords>> find_passwords(PasswordsQuery query);

  void device_deleted(DeviceDeleted event);
  // It may not have been told of every device that was deleted: compares its grants with the registry.
  void deletions_missed() { deleted_devices_.look(); }
  // Tells live sessions whose broker passwords have ended since the last time, and of those that the clock, set back,
  // has let hold again.
  Task<void> tell_of_ended();
  // Writes down when users were last seen. Errors: those of the storage.
  Task<Result<void>> flush_seen();

 private:
  Task<Result<Principal>> by_token(std::string token);
  Task<Result<Principal>> by_password(std::string username, std::string password);
  Task<void> forget_device(std::int64_t device_id);
  void tell_access_changed(std::int64_t user_id) const;

  Host& host_;
  Repository& repository_;
  ServiceClient& devices_;
  ServiceClient link_;
  const Settings& settings_;
  std::mutex mutex_;  // guards seen_
  std::map<std::int64_t, std::int64_t> seen_;
  DeletedDevices deleted_devices_;
  Timestamp told_until_;                                                              // of passwords that have ended
  std::chrono::steady_clock::time_point told_at_ = std::chrono::steady_clock::now();  // when that was
};

}  // namespace gatetorio::auth
