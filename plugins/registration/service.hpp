// The rules of registration: who becomes a device and how it gets and renews its credentials (enrolment.cpp), how it
// proves itself, what it may change. Knows no HTTP and no SQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gatetorio/credentials.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/options.hpp"
#include "gatetorio/services.hpp"
#include "presence.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::registration {

struct Settings {
  std::string enrolment = "key";
  Secret enrolment_key;
  std::int64_t heartbeat_timeout_seconds = 90;
  std::int64_t release_hours = 24;
  std::int64_t max_pending = 1000;
  std::int64_t pending_hours = 72;
  std::int64_t ended_keep_days = 30;
  std::int64_t presence_keep_days = 90;
  std::int64_t presence_keep_rows = 5'000'000;
  std::int64_t retention_grace_minutes = 60;
};

class Service {
 public:
  Service(Host& host, Repository& repository, Presence& presence, const Settings& settings)
      : host_(host), repository_(repository), presence_(presence), settings_(settings), link_(host, DeviceLink::kId) {}

  // The call of a booting device (docs/reference/http.md, "Register").
  Task<Result<Reply<RegisterOutput>>> register_device(Call call, RegisterInput input);
  Task<Result<DeviceImported>> import(DeviceImport device);
  // Lets a waiting device in. Errors: kNotFound.
  Task<Result<void>> approve(Call call, PendingRef input);
  // Turns a waiting device away, or takes its approval back before it is used. Errors: kNotFound.
  Task<Result<void>> deny(Call call, PendingRef input);
  Task<Result<PendingOutput>> pending(Call call, PendingInput input);
  // A key by which the call's device, known hardware, gets new credentials once. Who has one already gives its hash.
  Task<Result<ReleaseOutput>> release(Call call, ReleaseInput input);
  Task<Result<NewKeyOutput>> make_key(Call call, NewKeyInput input);
  Task<Result<KeysOutput>> keys(Call call, KeysInput input);
  // Whoever has it can register nothing with it from now on. Errors: kNotFound.
  Task<Result<void>> remove_key(Call call, KeyRef input);
  Task<Result<DevicesOutput>> devices(Call call, DevicesInput input);
  // When the call's device was online, the newest first.
  Task<Result<PresenceOutput>> presence(Call call, PresenceInput input);

  // Errors: kNotFound.
  Task<Result<Device>> find_by_name(std::string controller_id);
  Task<Result<std::vector<Device>>> find_by_ids(std::vector<std::int64_t> ids);
  // Each on the call's device. With its ETag; update() errors: kConflict (the name is taken), kPrecondition where
  // If-Match names another state, also at the moment of the write.
  Task<Result<Reply<DeviceOutput>>> get(Call call, DeviceRef);
  Task<Result<Reply<DeviceOutput>>> update(Call call, UpdateInput input);
  Task<Result<void>> remove(Call call, DeviceRef);

  // A device by its token or by its MQTT user name and password. Unknown and wrong take the same way.
  Task<Result<Principal>> authenticate(Credential credential);
  // FindPasswords: the one that each device has for the broker.
  Task<Result<KnownPasswords>> find_passwords(PasswordsQuery query);

 private:
  Task<Result<Reply<RegisterOutput>>> boot(Call call, Announcement device);
  Task<Result<Reply<RegisterOutput>>> reenrol(Call call, Announcement device, RegisterInput input);
  Task<Result<Reply<RegisterOutput>>> enrol(Call call, Announcement device, RegisterInput input,
                                            Repository::KeyKind kind);
  Task<Result<Reply<RegisterOutput>>> ask(Call call, Announcement device);
  Task<Result<Reply<RegisterOutput>>> wait(Call call, Announcement device, std::string claim_token);
  Task<Result<Reply<RegisterOutput>>> answer(Status status, std::int64_t device_id, Announcement device,
                                             NewCredentials credentials, bool with_token);
  void tell_access_changed(std::int64_t device_id) const;
  void tell_renamed(std::int64_t device_id, const std::string& old_name, const std::string& new_name) const;

  Host& host_;
  Repository& repository_;
  Presence& presence_;
  const Settings& settings_;
  ServiceClient link_;
};

}  // namespace gatetorio::registration
