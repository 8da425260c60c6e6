#include "operations.hpp"

namespace gatetorio::auth {

namespace {

// What an operation on one site has in common with the others. `need`: the user's level; admins write as admins.
OperationSpec on_site(std::string_view id, std::string_view method, std::string_view path, std::string_view summary,
                      std::string_view need) {
  return {.id = id,
          .method = method,
          .path = path,
          .summary = summary,
          .callers = {{"user", need}, {"admin", method == "GET" ? "viewer" : "admin"}},
          .resource = "site:site_id",
          .denied_as = Status::kNotFound,
          .errors = {Status::kForbidden, Status::kNotFound}};
}

}  // namespace

void declare(OperationSet<Sites>& operations) {
  operations.add({.id = "auth.make-site",
                  .method = "POST",
                  .path = "/sites",
                  .summary = "Make a site: devices that belong together. The caller is its owner.",
                  .callers = {{"user"}},
                  .success = {Status::kCreated},
                  .errors = {Status::kForbidden}},
                 &Sites::make);
  operations.add({.id = "auth.sites",
                  .method = "GET",
                  .path = "/sites",
                  .summary = "The sites that the calling user belongs to; all, for admins.",
                  .callers = {{"user"}, {"admin", "viewer"}}},
                 &Sites::list);
  operations.add(on_site("auth.rename-site", "PATCH", "/sites/{site_id}", "Rename a site.", "owner"), &Sites::rename);
  OperationSpec remove =
      on_site("auth.remove-site", "DELETE", "/sites/{site_id}", "End a site, and all access that it gave.", "owner");
  remove.success = {Status::kNoContent};
  operations.add(remove, &Sites::remove);
  operations.add(on_site("auth.site-devices", "GET", "/sites/{site_id}/devices", "The devices of a site.", "readonly"),
                 &Sites::devices);
  OperationSpec add = on_site("auth.add-site-device", "POST", "/sites/{site_id}/devices",
                              "Put a device into a site: its users have access to it.", "owner");
  add.errors.push_back(Status::kConflict);
  operations.add(add, &Sites::add_device);
  OperationSpec take = on_site("auth.remove-site-device", "DELETE", "/sites/{site_id}/devices/{controller_id}",
                               "Take a device out of a site.", "owner");
  take.success = {Status::kNoContent};
  operations.add(take, &Sites::remove_device);
  operations.add(on_site("auth.site-users", "GET", "/sites/{site_id}/users", "The users of a site.", "owner"),
                 &Sites::users);
  OperationSpec put = on_site("auth.put-site-user", "POST", "/sites/{site_id}/users",
                              "Give a user access to a site and its devices, or change that.", "owner");
  put.errors.push_back(Status::kConflict);
  operations.add(put, &Sites::put_user);
  OperationSpec leave = on_site("auth.remove-site-user", "DELETE", "/sites/{site_id}/users/{user_id}",
                                "Take a user's access to a site and its devices; users may leave.", "readonly");
  leave.success = {Status::kNoContent};
  leave.errors.push_back(Status::kConflict);
  operations.add(leave, &Sites::remove_user);
}

}  // namespace gatetorio::auth
