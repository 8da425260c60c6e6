#include "operations.hpp"

namespace gatetorio::admin {

namespace {

const std::vector<Caller> kReaders = {{"admin", "viewer"}};
const std::vector<Caller> kAdmins = {{"admin", "admin"}};
const std::vector<Caller> kAnyAdmin = {{"admin"}};  // about the caller itself

}  // namespace

void declare_accounts(OperationSet<Accounts>& operations) {
  operations.add({.id = "admin.setup",
                  .method = "POST",
                  .path = "/admin/setup",
                  .summary = "Make the first admin, or set a new password, with a one-time link.",
                  .callers = {{"anyone"}},
                  .success = {Status::kCreated},
                  .errors = {Status::kUnauthenticated, Status::kConflict, Status::kGone},
                  .response_headers = {{"Set-Cookie"}}},
                 &Accounts::set_up);
  operations.add({.id = "admin.login",
                  .method = "POST",
                  .path = "/admin/session",
                  .summary = "Log in.",
                  .callers = {{"anyone"}},
                  .errors = {Status::kUnauthenticated, Status::kRateLimited},
                  .response_headers = {{"Set-Cookie"}}},
                 &Accounts::log_in);
  operations.add({.id = "admin.session",
                  .method = "GET",
                  .path = "/admin/session",
                  .summary = "Who is logged in, and the session's CSRF token.",
                  .callers = kAnyAdmin},
                 &Accounts::session);
  operations.add({.id = "admin.logout",
                  .method = "DELETE",
                  .path = "/admin/session",
                  .summary = "Log out.",
                  .callers = kAnyAdmin,
                  .success = {Status::kNoContent},
                  .errors = {Status::kConflict},
                  .response_headers = {{"Set-Cookie"}}},
                 &Accounts::log_out);
  operations.add({.id = "admin.sessions",
                  .method = "GET",
                  .path = "/admin/sessions",
                  .summary = "All sessions that live.",
                  .callers = kReaders},
                 &Accounts::sessions);
  operations.add({.id = "admin.end-session",
                  .method = "DELETE",
                  .path = "/admin/sessions/{session_id}",
                  .summary = "End a session; its streams end too.",
                  .callers = kAdmins,
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 &Accounts::end_session);
  operations.add({.id = "admin.tokens",
                  .method = "GET",
                  .path = "/admin/tokens",
                  .summary = "API tokens; never their secrets.",
                  .callers = kReaders},
                 &Accounts::tokens);
  operations.add({.id = "admin.create-token",
                  .method = "POST",
                  .path = "/admin/tokens",
                  .summary = "Make an API token; it is shown this once.",
                  .callers = kAdmins,
                  .success = {Status::kCreated}},
                 &Accounts::make_token);
  operations.add({.id = "admin.delete-token",
                  .method = "DELETE",
                  .path = "/admin/tokens/{token_id}",
                  .summary = "Delete an API token; it ends at once.",
                  .callers = kAdmins,
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 &Accounts::remove_token);
  operations.add({.id = "admin.admins",
                  .method = "GET",
                  .path = "/admin/admins",
                  .summary = "Who may see and steer the hub.",
                  .callers = kReaders},
                 &Accounts::admins);
  operations.add({.id = "admin.create",
                  .method = "POST",
                  .path = "/admin/admins",
                  .summary = "Add an admin.",
                  .callers = kAdmins,
                  .success = {Status::kCreated},
                  .errors = {Status::kConflict}},
                 &Accounts::add_admin);
  operations.add(
      {.id = "admin.change",
       .method = "PATCH",
       .path = "/admin/admins/{name}",
       .summary = "Change the role or the password of an admin; a new password ends all sessions of it. A viewer "
                  "may change its own password.",
       .callers = kAnyAdmin,
       .errors = {Status::kNotFound, Status::kConflict}},
      &Accounts::change_admin);
  operations.add({.id = "admin.delete",
                  .method = "DELETE",
                  .path = "/admin/admins/{name}",
                  .summary = "Remove an admin; its sessions end at once.",
                  .callers = kAdmins,
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound, Status::kConflict}},
                 &Accounts::remove_admin);
  operations.add({.id = "admin.begin-totp",
                  .method = "POST",
                  .path = "/admin/totp",
                  .summary = "Get the secret of a second factor; it counts once confirmed.",
                  .callers = kAnyAdmin,
                  .errors = {Status::kConflict}},
                 &Accounts::begin_totp);
  operations.add({.id = "admin.confirm-totp",
                  .method = "POST",
                  .path = "/admin/totp/confirm",
                  .summary = "Confirm the second factor with its first code; the recovery codes are shown this once.",
                  .callers = kAnyAdmin,
                  .errors = {Status::kConflict}},
                 &Accounts::confirm_totp);
  operations.add({.id = "admin.end-totp",
                  .method = "DELETE",
                  .path = "/admin/totp",
                  .summary = "Log in without a second factor from now on.",
                  .callers = kAnyAdmin,
                  .success = {Status::kNoContent},
                  .errors = {Status::kConflict}},
                 &Accounts::end_totp);
}

// By hand: `requires` is a word of C++, and an option's value may be anything.
constexpr std::string_view kPluginsSchema = R"({"type":"object","required":["plugins"],"properties":{"plugins":{
  "type":"array","items":{"type":"object",
    "required":["id","version","summary","state","detail","enabled","provides","requires","configuration"],
    "properties":{"id":{"type":"string"},"version":{"type":"string"},"summary":{"type":"string"},
      "state":{"type":"string"},"detail":{"type":"string"},"enabled":{"type":"boolean"},
      "provides":{"type":"array","items":{"type":"string"}},"requires":{"type":"array","items":{"type":"string"}},
      "configuration":{"type":"array","items":{"type":"object",
        "required":["name","value","source","is_default","is_secret","help"],
        "properties":{"name":{"type":"string"},"value":{},"source":{"type":"string"},"is_default":{"type":"boolean"},
          "is_secret":{"type":"boolean"},"help":{"type":"string"}}}}}}}}})";

void declare_views(OperationSet<Accounts>& operations, Overview& overview, AuditLog& audit, Feed& feed) {
  const std::string audit_schema = boost::json::serialize(json::schema<AuditOutput>());
  operations.add({.id = "admin.overview",
                  .method = "GET",
                  .path = "/admin/overview",
                  .summary = "What the hub is and does, in numbers.",
                  .callers = kReaders},
                 overview, &Overview::overview);
  operations.add({.id = "admin.plugins",
                  .method = "GET",
                  .path = "/admin/plugins",
                  .summary = "The plugins, what they provide and require, and their configuration without secrets.",
                  .callers = kReaders,
                  .content_types = {"application/json"},
                  .output_schema = kPluginsSchema},
                 overview, &Overview::plugins);
  operations.add({.id = "admin.enable-plugin",
                  .method = "POST",
                  .path = "/admin/plugins/{id}/enable",
                  .summary = "Switch a plugin on, from the next start on.",
                  .callers = kAdmins,
                  .success = {Status::kAccepted},
                  .errors = {Status::kNotFound, Status::kConflict}},
                 overview, &Overview::enable_plugin);
  operations.add({.id = "admin.disable-plugin",
                  .method = "POST",
                  .path = "/admin/plugins/{id}/disable",
                  .summary = "Switch a plugin off, from the next start on.",
                  .callers = kAdmins,
                  .success = {Status::kAccepted},
                  .errors = {Status::kNotFound, Status::kConflict}},
                 overview, &Overview::disable_plugin);
  operations.add({.id = "admin.reload-plugin",
                  .method = "POST",
                  .path = "/admin/plugins/{id}/reload",
                  .summary = "Replace a plugin while the hub runs.",
                  .callers = kAdmins,
                  .success = {Status::kAccepted},
                  .errors = {Status::kUnsupported}},
                 overview, &Overview::reload_plugin);
  operations.add({.id = "admin.menu",
                  .method = "GET",
                  .path = "/admin/menu",
                  .summary = "Pages that other plugins bring.",
                  .callers = kReaders},
                 overview, &Overview::menu);
  operations.add({.id = "admin.audit",
                  .method = "GET",
                  .path = "/admin/audit",
                  .summary = "Who did what, newest first.",
                  .callers = kReaders,
                  .content_types = {"application/json", "text/csv"},
                  .output_schema = audit_schema},
                 audit, &AuditLog::list);
  operations.add({.id = "admin.events",
                  .method = "GET",
                  .path = "/admin/events",
                  .summary = "What happens, as it happens.",
                  .callers = kReaders,
                  .stream = true},
                 feed, &Feed::watch);
}

void declare_jobs(OperationSet<Accounts>& operations, Jobs& jobs) {
  operations.add({.id = "admin.jobs",
                  .method = "GET",
                  .path = "/admin/jobs",
                  .summary = "Work on many things at once.",
                  .callers = kReaders},
                 jobs, &Jobs::list);
  operations.add({.id = "admin.create-job",
                  .method = "POST",
                  .path = "/admin/jobs",
                  .summary = "Do the same to many things; the answer names the job that does it.",
                  .callers = kAdmins,
                  .success = {Status::kAccepted},
                  .errors = {Status::kUnsupported}},
                 jobs, &Jobs::create);
  operations.add({.id = "admin.job",
                  .method = "GET",
                  .path = "/admin/jobs/{job_id}",
                  .summary = "A job and what became of each of its rows.",
                  .callers = kReaders,
                  .errors = {Status::kNotFound}},
                 jobs, &Jobs::get);
  operations.add({.id = "admin.cancel-job",
                  .method = "DELETE",
                  .path = "/admin/jobs/{job_id}",
                  .summary = "End a job; what it has done stays done.",
                  .callers = kAdmins,
                  .success = {Status::kNoContent},
                  .errors = {Status::kNotFound}},
                 jobs, &Jobs::cancel);
}

void declare_export(OperationSet<Accounts>& operations, ListExport& lists) {
  operations.add({.id = "admin.export",
                  .method = "GET",
                  .path = "/admin/export/{list}",
                  .summary = "A whole list as one file, JSON or CSV, with the list's own filters.",
                  .callers = kReaders,
                  .errors = {Status::kUnsupported},
                  .content_types = {"application/json", "text/csv"}},
                 lists, &ListExport::export_list);
}

}  // namespace gatetorio::admin
