#include "explain.hpp"

#include <algorithm>

#include "access.hpp"
#include "gatetorio/gate_rules.hpp"
#include "grant_rows.hpp"

namespace gatetorio::auth {

namespace {

std::string why_of(const Grant& grant, Timestamp created_at, Timestamp at) {
  if (at < created_at) return "It had not been given yet.";
  if (at >= grant.time.expires_at) return "It has ended.";
  if (at < grant.time.valid_from) return "It has not begun.";
  if (!grant.opening.is_open) return "No window of its schedule is open.";
  return grant.is_spent() ? "It is open, but its uses are spent." : "It is open.";
}

ExplainedGrant explained(const Grant& grant, Timestamp created_at, Timestamp at) {
  ExplainedGrant out{.source = grant.source,
                     .access_level = grant.level,
                     .is_open = grant.opening.is_open,
                     .why = why_of(grant, created_at, at),
                     .changes_at = unless_forever(grant.opening.changes_at),
                     .expires_at = {},
                     .valid_from = {},
                     .schedule = {},
                     .max_uses = {},
                     .uses = {},
                     .created_at = created_at,
                     .files = {}};
  show_terms(grant, &out);
  return out;
}

}  // namespace

Explainer::Explainer(Host& host, Repository& repository)
    : repository_(repository), rules_(host, GateRulesService::kId) {}

Task<Result<ExplainOutput>> Explainer::explain(Call call, ExplainInput input) {
  const bool is_user = call.principal->kind == "user";
  if (!input.user && !is_user) {
    co_return Error{.status = Status::kInvalid,
                    .detail = "Some fields are wrong.",
                    .fields = {{"/user", "is required: the user_id that this is about"}}};
  }
  ExplainOutput out;
  out.user_id = input.user ? input.user->value : call.principal->id;
  if (is_user && out.user_id != call.principal->id && !covers(call.access.level, "owner")) {
    co_return Error{.status = Status::kForbidden, .detail = "Only an owner asks about others."};
  }
  out.at = input.at ? time_of(*input.at) : now();
  if (input.verb) out.verb = boost::describe::enum_to_string(*input.verb, "");
  std::vector<Repository::DatedGrant> dated =
      co_await ok(repository_.grants_on(call.access.resource_id, out.user_id, out.at));
  const Grant* best = nullptr;
  for (Repository::DatedGrant& one : dated) {
    if (out.at < one.created_at) one.grant.opening = {.is_open = false, .changes_at = one.created_at};
    out.grants.push_back(explained(one.grant, one.created_at, out.at));
    if (one.grant.opening.is_open && (best == nullptr || is_better(one.grant, *best))) best = &one.grant;
  }
  if (best == nullptr) {
    out.why = dated.empty() ? "The user has no access to the device." : "None of the user's grants is open then.";
    co_return out;
  }
  out.access_level = best->level;
  out.source = best->source;
  const bool is_stop = input.verb == AskedVerb::stop;
  if (input.verb && !covers(best->level, "engineer")) {
    out.why = "This access shows the gate and does not move it.";
    co_return out;
  }
  if (input.verb && !is_stop && best->is_spent()) {
    out.why = "The uses of this access are spent.";
    co_return out;
  }
  out.allowed = true;
  out.why = "By the grant of " + best->source + ".";
  if (!input.verb || is_stop || !rules_.available()) co_return out;
  const MotionQuery query{call.access.resource_id, *out.verb, best->level, out.at.us};
  const MotionVerdict verdict = co_await ok(rules_.call<GateRulesService::Judge>(query));
  out.allowed = verdict.is_allowed;
  if (!verdict.is_allowed) {
    out.why = verdict.why;
    out.rule = verdict.rule;
  } else if (verdict.has_conditions) {
    out.why += " The gate must then have said what its rules ask for.";
  }
  co_return out;
}

}  // namespace gatetorio::auth
