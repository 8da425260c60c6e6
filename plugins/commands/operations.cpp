#include "operations.hpp"

namespace gatetorio::commands {

namespace {

// What an operation by which owners and admins change the rules of gates has in common with the others.
OperationSpec change_by_owner(std::string_view resource, std::string_view id, std::string_view method,
                              std::string_view path, std::string_view summary) {
  return {.id = id,
          .method = method,
          .path = path,
          .summary = summary,
          .callers = {{"user", "owner"}, {"admin", "admin"}},
          .resource = resource,
          .denied_as = Status::kNotFound,
          .errors = {Status::kForbidden, Status::kNotFound}};
}

}  // namespace

Operations::Operations(Host& host, Service& service, History& history, RuleBook& rules, SiteHolds& site_holds,
                       EventFeed& feed)
    : service_(service), history_(history), rules_(rules), site_holds_(site_holds), feed_(feed), set_(host, this) {}

void Operations::declare() {
  declare_commands();
  declare_rules();
  declare_site_holds();
}

void Operations::declare_commands() {
  set_.add(
      {.id = "commands.send",
       .method = "POST",
       .path = "/commands/send",
       .summary = "Send a command to a connected device.",
       .callers = {{"user", "engineer"}},
       .resource = "controller_id",
       .credential_field = "user_token",
       .success = {Status::kAccepted},
       .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict, Status::kTooLarge, Status::kUnavailable},
       .judges_limits = true},
      service_, &Service::send);
  set_.add({.id = "commands.get",
            .method = "GET",
            .path = "/commands/{command_id}",
            .summary = "What became of a command.",
            .callers = {{"user"}, {"device"}, {"admin"}},
            .errors = {Status::kNotFound}},
           history_, &History::find);
  set_.add(
      {.id = "commands.send-as-admin",
       .method = "POST",
       .path = "/admin/devices/{controller_id}/commands",
       .summary = "Send a command to a connected device, as an admin.",
       .callers = {{"admin", "admin"}},
       .resource = "controller_id",
       .success = {Status::kAccepted},
       .errors = {Status::kForbidden, Status::kNotFound, Status::kConflict, Status::kTooLarge, Status::kUnavailable},
       .judges_limits = true},
      service_, &Service::send_as_admin);
  set_.add({.id = "commands.list",
            .method = "GET",
            .path = "/admin/commands",
            .summary = "Commands to all devices and what became of them, the newest first.",
            .callers = {{"admin", "viewer"}}},
           history_, &History::list);
  set_.add({.id = "commands.status",
            .method = "GET",
            .path = "/commands/status/{controller_id}",
            .summary = "Whether a device is there, and what it said last.",
            .callers = {{"user", "readonly"}, {"device", "self"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound}},
           history_, &History::status);
  set_.add({.id = "commands.activity",
            .method = "GET",
            .path = "/devices/{controller_id}/activity",
            .summary = "Who did what at a device, the newest first.",
            .callers = {{"user", "owner"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kForbidden, Status::kNotFound}},
           history_, &History::activity);
  set_.add({.id = "commands.events",
            .method = "GET",
            .path = "/devices/{controller_id}/events",
            .summary = "The same as it happens.",
            .callers = {{"user", "readonly"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound},
            .stream = true},
           &Operations::events);
}

void Operations::declare_rules() {
  set_.add({.id = "commands.rules",
            .method = "GET",
            .path = "/devices/{controller_id}/rules",
            .summary = "Who may do what at a device, and whether it is locked down or held open.",
            .callers = {{"user", "readonly"}, {"device", "self"}, {"admin", "viewer"}},
            .resource = "controller_id",
            .denied_as = Status::kNotFound,
            .errors = {Status::kNotFound}},
           rules_, &RuleBook::show);
  const auto change = [](std::string_view id, std::string_view method, std::string_view path,
                         std::string_view summary) {
    return change_by_owner("controller_id", id, method, path, summary);
  };
  set_.add(change("commands.set-policy", "PUT", "/devices/{controller_id}/policy",
                  "Say which level may do what at a device, and what it must have said before it moves."),
           rules_, &RuleBook::set_policy);
  set_.add(change("commands.lock-down", "PUT", "/devices/{controller_id}/lockdown",
                  "Let nothing move a device for a time, but for a stop."),
           rules_, &RuleBook::lock_down);
  set_.add(change("commands.end-lockdown", "DELETE", "/devices/{controller_id}/lockdown", "End a lockdown."), rules_,
           &RuleBook::end_lockdown);
  set_.add(change("commands.hold-open", "PUT", "/devices/{controller_id}/hold-open",
                  "Let nothing close a device for a time."),
           rules_, &RuleBook::hold_open);
  set_.add(change("commands.end-hold-open", "DELETE", "/devices/{controller_id}/hold-open", "End a hold-open."), rules_,
           &RuleBook::end_hold_open);
}

void Operations::declare_site_holds() {
  const auto change = [](std::string_view id, std::string_view method, std::string_view path,
                         std::string_view summary) {
    return change_by_owner("site:site_id", id, method, path, summary);
  };
  set_.add(change("commands.lock-down-site", "PUT", "/sites/{site_id}/lockdown",
                  "Let nothing move the devices of a site for a time, but for a stop."),
           site_holds_, &SiteHolds::lock_down);
  set_.add(change("commands.end-site-lockdown", "DELETE", "/sites/{site_id}/lockdown",
                  "End the lockdowns of the devices of a site."),
           site_holds_, &SiteHolds::end_lockdown);
  set_.add(change("commands.hold-site-open", "PUT", "/sites/{site_id}/hold-open",
                  "Let nothing close the devices of a site for a time."),
           site_holds_, &SiteHolds::hold_open);
  set_.add(change("commands.end-site-hold-open", "DELETE", "/sites/{site_id}/hold-open",
                  "End the hold-opens of the devices of a site."),
           site_holds_, &SiteHolds::end_hold_open);
}

Task<Result<Reply<Nothing>>> Operations::events(Call call, DeviceRef device) {
  const auto state = [this, device](Call of) { return state_text(std::move(of), device); };
  const std::uint64_t stream = co_await ok(feed_.watch(std::move(call), state));
  Reply<Nothing> reply(Nothing{});
  reply.stream = stream;
  co_return reply;
}

Task<Result<std::string>> Operations::state_text(Call call, DeviceRef device) {
  const StatusOutput state = co_await ok(history_.status(std::move(call), std::move(device)));
  co_return json::write(state);
}

}  // namespace gatetorio::commands
