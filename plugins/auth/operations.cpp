#include "operations.hpp"

namespace gatetorio::auth {

void declare(OperationSet<Service>& operations) {
  operations.add({.id = "auth.authorize",
                  .method = "POST",
                  .path = "/users/authorize",
                  .summary = "A device gives a user access to itself.",
                  .callers = {{"device"}},
                  .errors = {Status::kForbidden}},
                 &Service::authorize);
  operations.add({.id = "auth.discover",
                  .method = "POST",
                  .path = "/users/discover",
                  .summary = "The devices that the calling user has access to.",
                  .callers = {{"user"}},
                  .credential_field = "user_token"},
                 &Service::discover);
  operations.add({.id = "auth.my-devices",
                  .method = "GET",
                  .path = "/users/me/devices",
                  .summary = "The devices that the calling user has access to.",
                  .callers = {{"user"}}},
                 &Service::my_devices);
  operations.add({.id = "auth.access",
                  .method = "GET",
                  .path = "/users/access/{controller_id}",
                  .summary = "What the calling user may do with a device.",
                  .callers = {{"user"}}},
                 &Service::access);
  operations.add({.id = "auth.users",
                  .method = "GET",
                  .path = "/devices/{controller_id}/users",
                  .summary = "Who has access to a device.",
                  .callers = {{"user", "owner"}, {"device", "self"}, {"admin", "viewer"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::users);
  operations.add({.id = "auth.remove",
                  .method = "DELETE",
                  .path = "/devices/{controller_id}/users/{user_id}",
                  .summary = "Take a user's access to a device.",
                  .callers = {{"user", "owner"}, {"device", "self"}, {"admin", "admin"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .success = {Status::kNoContent},
                  .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict}},
                 &Service::remove);
  operations.add({.id = "auth.all-users",
                  .method = "GET",
                  .path = "/admin/users",
                  .summary = "All users.",
                  .callers = {{"admin", "viewer"}}},
                 &Service::all_users);
  operations.add({.id = "auth.remove-user",
                  .method = "DELETE",
                  .path = "/admin/users/{user_id}",
                  .summary = "Forget a user, and take all access that it has.",
                  .callers = {{"admin", "admin"}},
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 &Service::remove_user);
  operations.add({.id = "auth.all-grants",
                  .method = "GET",
                  .path = "/admin/grants",
                  .summary = "Who has access to what, and from where.",
                  .callers = {{"admin", "viewer"}}},
                 &Service::all_grants);
  operations.add({.id = "auth.mqtt-credentials",
                  .method = "POST",
                  .path = "/users/mqtt-credentials",
                  .summary = "A name and a password for the broker.",
                  .callers = {{"user"}},
                  .credential_field = "user_token",
                  .errors = {Status::kForbidden}},
                 &Service::mqtt_credentials);
}

void declare(OperationSet<Explainer>& operations) {
  operations.add({.id = "auth.explain",
                  .method = "GET",
                  .path = "/devices/{controller_id}/access/explain",
                  .summary = "Why a user may or may not, by which grant, window or rule; now or at another time.",
                  .callers = {{"user", "readonly"}, {"device", "self"}, {"admin", "viewer"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Explainer::explain);
}

}  // namespace gatetorio::auth
