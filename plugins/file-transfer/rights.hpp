// Whether somebody may have to do with the files of a device. Asked when something happens, not only when it begins:
// access may end while bytes flow, while a file waits for its last byte, and while its device is away.
#pragma once

#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/services.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::file_transfer {

// Somebody who may move bytes, and by which of its credentials: what a device's replaced token began ends with it.
struct Holder {
  PrincipalId who;
  std::string credentials;  // as of Device; empty for who has but one token for ever
  friend auto operator<=>(const Holder&, const Holder&) = default;
};

class Rights {
 public:
  explicit Rights(Host& host) : devices_(host, DeviceRegistry::kId), access_(host, AccessControl::kId) {}

  // Until when it may with files of that kind: an engineer of the device, an owner, the device itself, or an admin.
  // Nobody can be asked about an admin who is not calling: it may as long as the device exists. Errors: kForbidden
  // where it may not; any other where that cannot be told. `deadline_ms`: as of ServiceClient::call.
  Task<Result<Timestamp>> check(PrincipalId who, std::int64_t device_id, std::string kind,
                                std::uint32_t deadline_ms = 0);
  // The same, and kForbidden where its credentials were replaced.
  Task<Result<Timestamp>> check(Holder holder, std::int64_t device_id, std::string kind, std::uint32_t deadline_ms = 0);

  // With the credentials that it has now. Errors: kForbidden where it is gone; any other where that cannot be told.
  Task<Result<Holder>> holder(PrincipalId who, std::uint32_t deadline_ms = 0);
  // With those that it called with.
  Task<Result<Holder>> holder(Principal caller);

 private:
  Task<Result<Device>> find_device(std::int64_t device_id, std::uint32_t deadline_ms);

  ServiceClient devices_;
  ServiceClient access_;
};

}  // namespace gatetorio::file_transfer
