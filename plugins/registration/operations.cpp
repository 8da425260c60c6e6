#include "operations.hpp"

namespace gatetorio::registration {

void declare(OperationSet<Service>& operations, Presence& presence) {
  operations.add({.id = "registration.register",
                  .method = "POST",
                  .path = "/devices/register",
                  .summary = "Register a device, or tell that a known one has booted.",
                  .callers = {{"anyone"}},
                  .success = {Status::kOk, Status::kCreated, Status::kAccepted},
                  .errors = {Status::kUnauthenticated, Status::kForbidden, Status::kConflict}},
                 &Service::register_device);
  operations.add({.id = "registration.get",
                  .method = "GET",
                  .path = "/devices/{controller_id}",
                  .summary = "What the hub knows of a device.",
                  .callers = {{"device", "self"}, {"user", "readonly"}, {"admin", "viewer"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kNotFound}},
                 &Service::get);
  operations.add({.id = "registration.update",
                  .method = "PATCH",
                  .path = "/devices/{controller_id}",
                  .summary = "Rename a device.",
                  .callers = {{"device", "self"}, {"user", "owner"}, {"admin", "admin"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict},
                  .body_only = true},
                 &Service::update);
  operations.add({.id = "registration.heartbeat",
                  .method = "POST",
                  .path = "/devices/{controller_id}/heartbeat",
                  .summary = "Tell that a device is alive.",
                  .callers = {{"device", "self"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kNotFound}},
                 presence, &Presence::heartbeat);
  operations.add({.id = "registration.delete",
                  .method = "DELETE",
                  .path = "/devices/{controller_id}",
                  .summary = "Forget a device; its credentials die at once.",
                  .callers = {{"user", "owner"}, {"admin", "admin"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .success = {Status::kNoContent},
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::remove);
  operations.add({.id = "registration.pending",
                  .method = "GET",
                  .path = "/admin/pending-devices",
                  .summary = "Devices that wait for approval.",
                  .callers = {{"admin", "viewer"}}},
                 &Service::pending);
  operations.add({.id = "registration.approve",
                  .method = "POST",
                  .path = "/admin/pending-devices/{pending_id}/approve",
                  .summary = "Let a waiting device register.",
                  .callers = {{"admin", "admin"}},
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 &Service::approve);
  operations.add({.id = "registration.deny",
                  .method = "DELETE",
                  .path = "/admin/pending-devices/{pending_id}",
                  .summary = "Turn a waiting device away, or take its approval back before it is used.",
                  .callers = {{"admin", "admin"}},
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 &Service::deny);
  operations.add({.id = "registration.release",
                  .method = "POST",
                  .path = "/admin/devices/{controller_id}/release",
                  .summary = "Make a key by which known hardware gets new credentials once (a replaced SD card).",
                  .callers = {{"admin", "admin"}},
                  .resource = "controller_id",
                  .errors = {Status::kNotFound}},
                 &Service::release);
  operations.add({.id = "registration.make-key",
                  .method = "POST",
                  .path = "/admin/enrolment-keys",
                  .summary = "Make an enrolment key; it is shown this once.",
                  .callers = {{"admin", "admin"}},
                  .success = {Status::kCreated}},
                 &Service::make_key);
}

}  // namespace gatetorio::registration
