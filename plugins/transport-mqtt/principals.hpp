// Which principals the broker knows, and what it was told of each. Keeps an answer that was under way when access
// changed from overwriting the newer one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "broker/policy.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/identity.hpp"

namespace gatetorio::transport_mqtt {

// Who it is that shows this user name and password to a broker. Errors: kUnauthenticated, kUnavailable.
Task<Result<Principal>> authenticate(Host& host, std::string username, std::string password);

// A broker waits a moment only to be told what somebody may do.
inline constexpr std::uint32_t kListDeadlineMs = 1'000;

// What the principal may do, by its grants. One without any is not valid: it has no business at the broker.
Policy make_policy(const PrincipalId& principal, const std::vector<Access>& grants);

// Usable from any thread.
class Principals {
 public:
  // A ticket for finding out what a principal may do. Void once its access has changed again.
  std::uint64_t begin(const Principal& principal);
  // Its access changed. The ticket for finding out, or nothing where the broker does not know it.
  std::optional<std::uint64_t> changed(const PrincipalId& principal);
  // Remembers the grants and calls `tell`, unless the ticket is void: then nothing happens and the answer is false.
  // Calls of `tell` never overlap.
  bool commit(const PrincipalId& principal, std::uint64_t ticket, const std::vector<Access>& grants,
              const std::function<void(const Policy&)>& tell);

  // Of those that the broker knows: this one, those with access to a device, everybody.
  std::optional<Principal> find(const PrincipalId& principal) const;
  std::vector<PrincipalId> with_access_to(std::int64_t device_id) const;
  std::vector<PrincipalId> all() const;

 private:
  struct Known {
    Principal principal;
    std::uint64_t ticket = 0;
    std::vector<std::int64_t> device_ids;
  };

  mutable std::mutex mutex_;
  std::map<PrincipalId, Known> known_;
};

}  // namespace gatetorio::transport_mqtt
