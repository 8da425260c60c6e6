// The rules of registration: who becomes a device, how it proves itself, what it may change. Knows no HTTP and no SQL.
#pragma once

#include <optional>
#include <string>

#include "gatetorio/device_link.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/options.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::registration {

struct Settings {
  std::string enrolment = "key";
  Secret enrolment_key;
  std::int64_t heartbeat_timeout_seconds = 90;
  std::int64_t release_hours = 24;
};

class Service {
 public:
  Service(Host& host, Repository& repository, const Settings& settings)
      : host_(host), repository_(repository), settings_(settings), link_(host, DeviceLink::kId) {}

  // The call of a booting device (docs/reference/http.md, "Register").
  Task<Result<Reply<RegisterOutput>>> register_device(Call call, RegisterInput input);

  Task<Result<Device>> find(std::string controller_id) { return repository_.find_by_name(std::move(controller_id)); }
  Task<Result<DeviceImported>> import(DeviceImport device);
  Task<Result<Device>> update(Call call, UpdateInput input);
  Task<Result<void>> remove(Call call);
  Task<Result<Timestamp>> heartbeat(Call call);
  Task<Result<Timestamp>> release(Call call, std::string controller_id);
  Task<Result<NewKeyOutput>> make_key(Call call, NewKeyInput input);

  // A device by its token or by its MQTT user name and password. Unknown and wrong take the same way.
  Task<Result<Principal>> authenticate(Credential credential);

 private:
  Task<Result<Reply<RegisterOutput>>> boot(Call call, Announcement device);
  Task<Result<Reply<RegisterOutput>>> enrol(Call call, Announcement device, std::optional<std::string> key);
  Task<Result<Reply<RegisterOutput>>> ask(Call call, Announcement device);
  Task<Result<Reply<RegisterOutput>>> answer(Status status, std::int64_t device_id, Announcement device,
                                             NewCredentials credentials, bool with_token);
  void tell_renamed(std::int64_t device_id, const std::string& old_name, const std::string& new_name);

  Host& host_;
  Repository& repository_;
  const Settings& settings_;
  ServiceClient link_;
};

}  // namespace gatetorio::registration
