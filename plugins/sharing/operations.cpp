#include "operations.hpp"

#include "qr_code.hpp"

namespace gatetorio::sharing {

void declare(OperationSet<Service>& operations) {
  operations.add({.id = "sharing.create",
                  .method = "POST",
                  .path = "/sharing/create",
                  .summary = "Make a token by which somebody gets access to a device.",
                  .callers = {{"user", "owner"}},
                  .resource = "controller_id",
                  .credential_field = "user_token",
                  .success = {Status::kCreated},
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::create);
  operations.add({.id = "sharing.create-as-admin",
                  .method = "POST",
                  .path = "/admin/devices/{controller_id}/sharing-tokens",
                  .summary = "Make a token by which somebody gets access to a device, as an admin.",
                  .callers = {{"admin", "admin"}},
                  .resource = "controller_id",
                  .success = {Status::kCreated},
                  .errors = {Status::kNotFound}},
                 &Service::create_as_admin);
  operations.add({.id = "sharing.redeem",
                  .method = "POST",
                  .path = "/sharing/redeem",
                  .summary = "Get the access that a token promises.",
                  .callers = {{"user"}},
                  .credential_field = "user_token",
                  .errors = {Status::kNotFound, Status::kConflict, Status::kGone}},
                 &Service::redeem);
  operations.add({.id = "sharing.tokens",
                  .method = "GET",
                  .path = "/sharing/tokens/{controller_id}",
                  .summary = "The tokens that were made for a device.",
                  .callers = {{"user", "owner"}, {"admin", "viewer"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::list);
  operations.add({.id = "sharing.all-tokens",
                  .method = "GET",
                  .path = "/admin/sharing-tokens",
                  .summary = "The tokens that were made for all devices, the newest first.",
                  .callers = {{"admin", "viewer"}}},
                 &Service::list_all);
  operations.add({.id = "sharing.create-visit",
                  .method = "POST",
                  .path = "/devices/{controller_id}/visits",
                  .summary = "Offer access for a visit: a token, what it gives and when it ends, as one.",
                  .callers = {{"user", "owner"}, {"admin", "admin"}},
                  .resource = "controller_id",
                  .success = {Status::kCreated},
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::create_visit);
  operations.add({.id = "sharing.visits",
                  .method = "GET",
                  .path = "/devices/{controller_id}/visits",
                  .summary = "The visits to a device, the newest first.",
                  .callers = {{"user", "owner"}, {"admin", "viewer"}},
                  .resource = "controller_id",
                  .denied_as = Status::kNotFound,
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::list_visits);
  operations.add({.id = "sharing.end-visit",
                  .method = "DELETE",
                  .path = "/devices/{controller_id}/visits/{visit_id}",
                  .summary = "End a visit: its token, and the access that came of it, within a second.",
                  .callers = {{"user", "owner"}, {"admin", "admin"}},
                  .resource = "controller_id",
                  .success = {Status::kNoContent},
                  .errors = {Status::kForbidden, Status::kNotFound}},
                 &Service::end_visit);
  // The next two name no device: whose the token is decides the service.
  operations.add({.id = "sharing.revoke",
                  .method = "DELETE",
                  .path = "/sharing/tokens/{token_id}",
                  .summary = "End a token, and with revoke_access the access that came of it.",
                  .callers = {{"user"}, {"admin"}},
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 &Service::revoke);
  operations.add({.id = "sharing.qr",
                  .method = "GET",
                  .path = "/sharing/tokens/{token_id}/qr",
                  .summary = "A QR code of a token's share_url.",
                  .callers = {{"user"}, {"admin"}},
                  .errors = {Status::kNotFound, Status::kConflict, Status::kGone},
                  .content_types = {kSvg, kPng}},
                 &Service::qr);
}

}  // namespace gatetorio::sharing
