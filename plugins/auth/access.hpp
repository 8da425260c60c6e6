// Access control: the one place that decides whether a principal may do something to a device. The hub asks it before
// every operation, the broker's side for every session.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"

namespace gatetorio::auth {

// Whether who has `level` may do what needs `need`: owner covers engineer covers readonly; role "admin" covers
// "viewer"; anything else covers itself only.
bool covers(std::string_view level, std::string_view need);

class AccessDecisions {
 public:
  AccessDecisions(Host& host, Repository& repository, ServiceClient& devices)
      : host_(host), repository_(repository), devices_(devices), admins_(host, Principals::kId, "admin") {}

  // AccessControl::Check. By the id where there is one; a name is looked up once. "kind:id" is asked of the plugin that
  // has resources of that kind.
  Task<Result<Decision>> check(AccessQuery query);
  // AccessControl::List.
  Task<Result<Grants>> list(Principal principal);

 private:
  Task<Result<Device>> find(std::string name, std::int64_t id);
  Task<Result<Principal>> present(Principal principal);
  Task<Result<Access>> access_of(Principal principal, Device device);
  Task<Result<Access>> access_to(Principal principal, std::string kind, std::string id);
  ServiceClient& owner_of(const std::string& kind);
  Task<Result<void>> add_grants(std::vector<Grant> grants, Grants* out);

  Host& host_;
  Repository& repository_;
  ServiceClient& devices_;
  ServiceClient admins_;                         // to be asked where a plugin with admins is there
  std::mutex mutex_;                             // guards the following
  std::map<std::string, ServiceClient> owners_;  // of resources, by their kind; only such as operations declare
};

}  // namespace gatetorio::auth
