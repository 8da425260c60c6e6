// Visits: a token, what it gives and when it ends, made, listed and taken back as one.
#include <algorithm>
#include <boost/describe.hpp>

#include "service.hpp"

namespace gatetorio::sharing {

namespace {

constexpr std::int64_t kLongestHours = 87'600;
constexpr std::int64_t kDefaultLimit = 1000;

Error wrong(std::string pointer, std::string why) {
  return {
      .status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = {{std::move(pointer), std::move(why)}}};
}

std::optional<Error> misfit(Timestamp from, Timestamp end, Timestamp at) {
  if (end <= at) return wrong("/ends_at", "must be in the future");
  if (end.us > at.us + kLongestHours * kMicrosecondsPerHour) return wrong("/ends_at", "must be within ten years");
  if (from >= end) return wrong("/valid_from", "must be before ends_at");
  return std::nullopt;
}

FileKinds kinds_of(const std::optional<std::vector<FileKind>>& files) {
  if (!files) return std::nullopt;
  std::vector<std::string> kinds;
  for (const FileKind file : *files) kinds.emplace_back(boost::describe::enum_to_string(file, ""));
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

VisitState state_of(const Token& token, Timestamp at) {
  if (token.is_revoked) return VisitState::revoked;
  if (*token.visit_ends_at <= at.us) return VisitState::ended;
  if (!token.claimed_at) return VisitState::offered;
  return at < token.valid_from ? VisitState::planned : VisitState::active;
}

Visit to_visit(Token token, Timestamp at) {
  Visit visit{.visit_id = token.id,
              .state = state_of(token, at),
              .notes = std::move(token.notes),
              .access_level = std::move(token.access_level),
              .files = std::move(token.file_kinds),
              .valid_from = {},
              .ends_at = {*token.visit_ends_at},
              .schedule = {},
              .max_uses = token.max_uses,
              .visitor = token.used_by,
              .taken_up_at = {},
              .created_by = key_of(PrincipalId{token.creator_kind, token.creator_id}),
              .created_at = token.created_at};
  if (token.valid_from.us > 0) visit.valid_from = token.valid_from;
  if (token.claimed_at) visit.taken_up_at = Timestamp{*token.claimed_at};
  const Result<Schedule> schedule = json::parse<Schedule>(token.schedule);
  if (schedule) visit.schedule = *schedule;
  return visit;
}

}  // namespace

Task<Result<VisitMade>> Service::create_visit(Call call, VisitInput input) {
  const VisitLevel level = input.access_level.value_or(VisitLevel::engineer);
  const Timestamp end = time_of(input.ends_at);
  Token token{.access_level = boost::describe::enum_to_string(level, ""),
              .expires_at = end,
              .visit_ends_at = end.us,
              .file_kinds = kinds_of(input.files)};
  if (input.notes) token.notes = input.notes->value;
  if (input.valid_from) token.valid_from = time_of(*input.valid_from);
  if (input.max_uses) token.max_uses = input.max_uses->value;
  if (const auto error = misfit(token.valid_from, end, now())) co_return *error;
  const Made made = co_await ok(make(call, token, std::move(input.schedule)));
  co_return VisitMade{.visit_id = made.id,
                      .token = made.secret,
                      .share_url = url_of(made.secret),
                      .controller_id = call.access.resource,
                      .ends_at = end};
}

Task<Result<VisitsOutput>> Service::list_visits(Call call, ListInput input) {
  const std::int64_t limit = input.limit ? input.limit->value : kDefaultLimit;
  const std::int64_t before = input.before ? input.before->value : kForeverUs;
  std::vector<Token> tokens = co_await ok(repository_.visits_of(call.access.resource_id, before, limit + 1));
  const Timestamp at = now();
  VisitsOutput out;
  for (Token& token : tokens) out.visits.push_back(to_visit(std::move(token), at));
  if (out.visits.size() > static_cast<std::size_t>(limit)) {
    out.visits.pop_back();
    out.next = out.visits.back().visit_id;
  }
  co_return out;
}

Task<Result<void>> Service::end_visit(Call call, VisitRef input) {
  const Error unknown{.status = Status::kNotFound, .detail = "There is no such visit."};
  const Result<Token> token = co_await repository_.find(input.visit_id.value);
  if (!token && token.error().status == Status::kNotFound) co_return unknown;
  if (!token) co_return token.error();
  if (!token->visit_ends_at || token->device_id != call.access.resource_id) co_return unknown;
  co_return co_await end(call, *token, true);
}

}  // namespace gatetorio::sharing
