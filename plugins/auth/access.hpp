// Access control: the one place that decides whether a principal may do something to a device. The hub asks it before
// every operation, the broker's side for every session.
#pragma once

#include <string>
#include <string_view>

#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"
#include "sites.hpp"

namespace gatetorio::auth {

// Whether who has `level` may do what needs `need`: owner covers engineer covers readonly; role "admin" covers
// "viewer"; anything else covers itself only.
bool covers(std::string_view level, std::string_view need);

class AccessDecisions {
 public:
  AccessDecisions(Host& host, Repository& repository, Sites& sites, ServiceClient& devices)
      : repository_(repository), sites_(sites), devices_(devices), admins_(host, Principals::kId, "admin") {}

  // AccessControl::Check. By the id where there is one; a name is looked up once. What begins with "site:" is a site's
  // id.
  Task<Result<Decision>> check(AccessQuery query);
  // AccessControl::List.
  Task<Result<Grants>> list(Principal principal);

 private:
  Task<Result<Device>> find(std::string name, std::int64_t id);
  Task<Result<Principal>> present(Principal principal);
  Task<Result<Access>> access_of(Principal principal, Device device);
  Task<Result<Access>> access_to_site(Principal principal, std::string name);
  Task<Result<void>> add_grants(std::vector<Grant> grants, Grants* out);

  Repository& repository_;
  Sites& sites_;
  ServiceClient& devices_;
  ServiceClient admins_;  // to be asked where a plugin with admins is there
};

}  // namespace gatetorio::auth
