#include "core/operations/operations.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <mutex>

#include "gatetorio/operations.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio::core {

namespace {

constexpr auto kDeadline = std::chrono::seconds(30);
constexpr auto kBodyDeadline = std::chrono::hours(24);         // the transport has shorter ones of its own
constexpr auto kDeadlineAfterBody = std::chrono::minutes(10);  // to check and keep some gigabytes

Error unreadable(const std::string& whose) {
  return {.status = Status::kInternal, .detail = "The answer of the " + whose + " cannot be read."};
}

Error not_running(const Operation& operation) {
  return {.status = Status::kUnavailable,
          .detail = "Plugin '" + operation.owner->id + "' is not running.",
          .retry_after_s = 5};
}

Error malformed() { return {.status = Status::kMalformed, .detail = "The body is not valid JSON."}; }

Error unauthenticated(std::string detail) { return {.status = Status::kUnauthenticated, .detail = std::move(detail)}; }

struct NamedText {
  bool is_malformed = false;
  std::optional<std::string> value;
};

NamedText find_in_body(const Invocation& call, std::string_view name) {
  if (call.body.empty()) return {};
  unsigned char buffer[2048];
  boost::json::monotonic_resource memory(buffer, sizeof buffer);
  boost::system::error_code wrong;
  const auto body = boost::json::parse(call.body, wrong, &memory);
  if (wrong) return {.is_malformed = true, .value = {}};
  const auto* object = body.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return {.value = std::string(member->get_string())};
}

// Every transport's parameters come this way; a body is checked where it is parsed.
bool are_texts(const std::vector<gtr_field>& params) {
  const auto is_text = [](gtr_bytes bytes) { return utf8::is_text(to_view(bytes)); };
  return std::all_of(params.begin(), params.end(),
                     [&](const gtr_field& param) { return is_text(param.name) && is_text(param.value); });
}

// A text member of the call's parameters or, failing that, of its body.
NamedText find_text(const Invocation& call, std::string_view name) {
  for (const gtr_field& param : call.params) {
    if (to_view(param.name) == name) return {.value = std::string(to_view(param.value))};
  }
  return find_in_body(call, name);
}

}  // namespace

// The caller's faults, by which somebody who tries passwords or asks too often is seen.
Operations::Operations(Services& services, Metrics& metrics, Bus& bus)
    : services_(services), metrics_(metrics), bus_(bus) {
  constexpr std::pair<gtr_status, std::string_view> kReasons[] = {{GTR_MALFORMED, "malformed"},
                                                                  {GTR_INVALID, "invalid"},
                                                                  {GTR_UNAUTHENTICATED, "unauthenticated"},
                                                                  {GTR_FORBIDDEN, "forbidden"},
                                                                  {GTR_NOT_FOUND, "not_found"},
                                                                  {GTR_CONFLICT, "conflict"},
                                                                  {GTR_GONE, "gone"},
                                                                  {GTR_TOO_LARGE, "too_large"},
                                                                  {GTR_RATE_LIMITED, "rate_limited"},
                                                                  {GTR_PRECONDITION, "precondition"},
                                                                  {GTR_UNSUPPORTED, "unsupported"}};
  for (const auto& [status, reason] : kReasons) {
    const MetricLabel label{"reason", reason};
    refusals_[status] = metrics.get(MetricKind::kCounter, "gatetorio_refusals_total",
                                    "Calls that were refused, by what the caller was told.", {&label, 1});
  }
}

struct Operations::Job {
  Operations* operations;
  std::shared_ptr<Invocation> call;
};

gtr_status Operations::declare(Plugin& owner, std::string_view declaration, gtr_operation_fn handler, void* context,
                               std::string& problem) {
  Result<Operation> parsed = parse_operation(declaration);
  if (!parsed || handler == nullptr) {
    problem = parsed ? "it has no handler" : parsed.error().detail;
    return GTR_INVALID;
  }
  auto operation = std::make_unique<Operation>(*std::move(parsed));
  const std::lock_guard lock(mutex_);
  for (const auto& other : operations_) {
    const bool same_route =
        !operation->method.empty() && other->method == operation->method && other->shape == operation->shape;
    if (other->id == operation->id || same_route) {
      problem = "plugin '" + other->owner->id + "' has declared it as " + other->id;
      return GTR_CONFLICT;
    }
  }
  operation->number = operations_.size();
  operation->owner = &owner;
  operation->handler = handler;
  operation->context = context;
  operation->declaration["number"] = operation->number;
  operation->declaration["plugin"] = owner.id;
  const MetricLabel id{"operation", operation->id};
  operation->seconds = metrics_.get(MetricKind::kHistogram, "gatetorio_operation_seconds",
                                    "Time from a call's arrival to its answer.", {&id, 1});
  const auto outcome = [&](std::string_view word) {
    const MetricLabel labels[] = {id, {"outcome", word}};
    return metrics_.get(MetricKind::kCounter, "gatetorio_operations_total", "Calls, by how they ended.", labels);
  };
  operation->succeeded = outcome("success");
  operation->refused = outcome("refused");
  operation->failed = outcome("failed");
  operation->refusals = &refusals_;
  operations_.push_back(std::move(operation));
  return GTR_OK;
}

std::string Operations::report() const {
  const std::shared_lock lock(mutex_);
  boost::json::array list;
  for (const auto& operation : operations_) list.emplace_back(operation->declaration);
  return boost::json::serialize(list);
}

void Operations::invoke(const Plugin& transport, const gtr_invocation& invocation) {
  const Operation* operation = nullptr;
  {
    const std::shared_lock lock(mutex_);
    if (invocation.operation < operations_.size()) operation = operations_[invocation.operation].get();
  }
  if (operation == nullptr) {
    gtr_reply reply{};
    reply.size = sizeof reply;
    reply.status = GTR_NOT_FOUND;
    lane_->post([done = invocation.reply, context = invocation.context, reply] { done(context, &reply); });
    return;
  }
  auto call = std::make_shared<Invocation>(*operation, invocation, transport.id);
  call->call = call->request.call = calls_.open(call, Clock::now() + kDeadline);
  lane_->post(&Operations::begin, new Job{this, std::move(call)});
}

void Operations::begin(void* argument) {
  const std::unique_ptr<Job> job(static_cast<Job*>(argument));
  Operations& self = *job->operations;
  const auto& call = job->call;
  if (!call->operation.owner->serves()) {
    self.refuse(call, not_running(call->operation));
  } else if (!are_texts(call->params)) {
    self.refuse(call, {.status = Status::kMalformed, .detail = "A parameter is not text in UTF-8."});
  } else if (call->operation.is_open() && call->secret.empty() && call->principal.empty()) {
    self.run_handler(call);
  } else {
    self.host_->run(self.authorise(call));
  }
}

Task<void> Operations::authorise(std::shared_ptr<Invocation> call) {
  const Operation& operation = call->operation;
  if (call->principal.empty()) {
    const Result<void> known = co_await identify(call);
    // Where anyone may call, a credential that is none is as good as no credential.
    const bool is_nobody = !known && known.error().status == Status::kUnauthenticated;
    if (!known && !(operation.is_open() && is_nobody)) co_return refuse(call, known.error());
  }
  if (operation.is_open()) co_return run_handler(call);

  std::string resource;
  if (!operation.resource.empty() && call->resource_id == 0) {
    NamedText field = find_text(*call, operation.resource);
    if (field.is_malformed) co_return refuse(call, malformed());
    if (field.value && field.value->find('\0') != std::string::npos) field.value.reset();  // the name of nothing
    if (!field.value) {
      co_return refuse(call, {.status = Status::kInvalid,
                              .detail = "Some fields are wrong.",
                              .fields = {{"/" + operation.resource, "is required and must be a string"}}});
    }
    // What a caller writes cannot choose the kind: a name with a colon in it is the name of nothing.
    const bool is_odd = operation.resource_kind.empty() && field.value->find(':') != std::string::npos;
    resource = (is_odd ? ":" : operation.resource_kind) + *field.value;
  }
  const Result<void> allowed = co_await check_access(call, std::move(resource));
  if (!allowed) co_return refuse(call, allowed.error());
  run_handler(call);
}

Task<Result<void>> Operations::identify(std::shared_ptr<Invocation> call) {
  std::string scheme(call->scheme), secret(call->secret);
  const std::string name(call->name);
  if (secret.empty() && !call->operation.credential_field.empty()) {
    // Never in a parameter: URLs are logged.
    const NamedText field = find_in_body(*call, call->operation.credential_field);
    if (field.is_malformed) co_return malformed();
    secret = field.value.value_or("");
    scheme = "bearer";
  }
  if (secret.empty()) co_return unauthenticated("This needs a credential.");
  auto start = [this, &scheme, &name, &secret](gtr_completion done) { authenticate(scheme, name, secret, done); };
  Result<std::string> principal = co_await host_->complete(start);
  if (!principal) {
    call->is_stranger = principal.error().status == Status::kUnauthenticated;
    co_return principal.error();
  }
  Principal known;
  const bool is_readable = wire::decode(*principal, known);
  call->is_stranger = is_readable && known.id == 0;
  if (is_readable && known.id != 0) {
    call->caller = key_of(known.who());
    call->is_identified = true;
  }
  call->principal = *std::move(principal);
  call->request.principal = to_bytes(call->principal);
  co_return Result<void>();
}

Task<Result<void>> Operations::check_access(std::shared_ptr<Invocation> call, std::string resource) {
  const Error forbidden{.status = Status::kForbidden, .detail = "You may not do this."};
  AccessQuery query;
  if (!wire::decode(call->principal, query.principal)) co_return unreadable("authenticator");
  const CallerRule* rule = call->operation.rule_for(query.principal.kind);
  if (rule == nullptr) co_return forbidden;
  if (rule->need.empty()) co_return Result<void>();
  gtr_service* control = services_.find(AccessControl::kId, "");
  if (control == nullptr) co_return forbidden;  // nobody to ask: closed
  query.resource = std::move(resource);
  query.resource_id = call->resource_id;
  query.need = rule->need;
  const std::string body = wire::encode(query);
  auto start = [this, control, &body](gtr_completion done) {
    services_.call(*control, AccessControl::Check::kMethod, body, 0, done);
  };
  const std::string answer = co_await ok(host_->complete(start));
  Decision decision;
  if (!wire::decode(answer, decision)) co_return unreadable("access control");
  if (!decision.is_allowed) {
    const bool is_stranger = decision.access.level.empty();
    if (is_stranger && call->operation.denied_as == Status::kNotFound) {
      co_return Error{.status = Status::kNotFound, .detail = "There is no such thing, or it is not yours."};
    }
    co_return forbidden;
  }
  call->access = wire::encode(decision.access);
  call->request.access = to_bytes(call->access);
  co_return Result<void>();
}

void Operations::authenticate(std::string_view scheme, std::string_view name, std::string_view secret,
                              gtr_completion done) {
  std::string claim(scheme);
  claim.append(":").append(scheme == "password" ? name : secret);
  gtr_service* authenticator = services_.match(Authenticator::kId, claim);
  if (authenticator == nullptr) {
    lane_->post([done] {
      const std::string text = to_json(unauthenticated("The credential is not valid."));
      done.done(done.context, GTR_UNAUTHENTICATED, to_bytes(text));
    });
    return;
  }
  const Credential credential{std::string(scheme), std::string(name), std::string(secret)};
  services_.call(*authenticator, Authenticator::Authenticate::kMethod, wire::encode(credential), 0, done);
}

// Whoever acts on an event that he saw finds that the plugin has seen it too.
void Operations::run_handler(const std::shared_ptr<Invocation>& call) {
  Lane& lane = *call->operation.owner->lane;
  const auto later = [this, call, &lane] { lane.post(&Operations::handle, new Job{this, call}); };
  if (!bus_.when_caught_up(lane, later)) lane.dispatch(&Operations::handle, new Job{this, call});
}

void Operations::handle(void* argument) {
  const std::unique_ptr<Job> job(static_cast<Job*>(argument));
  Operations& self = *job->operations;
  const auto& call = job->call;
  const Operation& operation = call->operation;
  // Whoever asked was told that it took too long. Doing it now would be the late command that moves a gate.
  if (!self.calls_.is_waiting(call->call)) return self.refuse(call, {});
  if (!operation.owner->serves()) return self.refuse(call, not_running(operation));
  try {
    operation.handler(operation.context, &call->request);
  } catch (...) {
    self.refuse(call, {.detail = "The hub could not do this; its log says why."});
    throw;  // to the lane, which reports it
  }
}

void Operations::refuse(const std::shared_ptr<Invocation>& call, const Error& error) {
  bool first = false;
  if (calls_.finish(call->call, first) && first) answer(*call, error);
}

// A transport is not to hear of a cut after it was answered for good.
void Operations::answer(const Invocation& call, const Error& error) {
  transfers_.end(call.transfer);
  tell_refused(call, error.status, error.detail);
  call.answer(error);
}

// For the audit log, which is to know of what was tried, too.
void Operations::tell_refused(const Invocation& call, Status status, std::string_view detail) {
  const Operation& operation = call.operation;
  if (operation.method.empty() || operation.method == "GET") return;
  OperationRefused event{.operation = operation.id,
                         .who = call.is_identified ? call.caller : "anonymous",
                         .peer = std::string(to_view(call.request.peer)),
                         .request_id = std::string(to_view(call.request.request_id)),
                         .status = http_status(status),
                         .detail = std::string(detail),
                         .at_us = now().us};
  if (!operation.resource.empty()) event.resource = find_text(call, operation.resource).value.value_or("");
  const std::string& key = call.is_identified ? event.who : event.peer;
  bus_.publish(OperationRefused::kTopic, key, json::write(event));
}

void Operations::complete(gtr_call call, const gtr_reply& reply) {
  bool first = false;
  const auto invocation = calls_.finish(call, first);
  if (!invocation) return;
  const std::uint64_t stream = invocation->stream.load();
  gtr_reply answer{};  // a plugin built against older headers knows less of it
  std::memcpy(&answer, &reply, std::min<std::size_t>(reply.size, sizeof answer));
  answer.size = sizeof answer;
  if (reply.status >= GTR_FIRST_ERROR) {
    answer.stream = 0;
    answer.content = nullptr;
  }
  answer.transfer = first && answer.content != nullptr ? invocation->transfer.load() : 0;
  if (answer.transfer == 0) transfers_.end(invocation->transfer);
  if (first && answer.stream != 0 && answer.stream != stream) {
    this->answer(*invocation, Error{.detail = "The answer names a stream that is not its own."});
  } else if (first) {
    if (is_error(Status{answer.status})) {
      tell_refused(*invocation, Status{answer.status}, error_from_json(answer.status, to_view(answer.body)).detail);
    }
    invocation->answer(answer);
    if (answer.stream != 0) return streams_.begin(stream);
  }
  if (stream != 0) streams_.drop(stream);
}

std::uint64_t Operations::stream_open(gtr_call call, gtr_completion closed) {
  const auto invocation = calls_.find(call);
  const bool can_stream = invocation && invocation->stream_data != nullptr && invocation->stream_end != nullptr;
  if (can_stream && calls_.is_waiting(call) && !invocation->has_stream.exchange(true)) {
    const Streams::Sink sink{invocation->stream_data, invocation->stream_end, invocation->context};
    invocation->stream = streams_.open(sink, closed);
    return invocation->stream;
  }
  lane_->post([closed] { closed.done(closed.context, GTR_GONE, {nullptr, 0}); });
  return 0;
}

std::uint64_t Operations::transfer_open(gtr_call call, gtr_completion ended) {
  const auto invocation = calls_.find(call);
  const bool is_waiting = invocation && calls_.is_waiting(call);
  if (is_waiting && invocation->cut != nullptr && !invocation->has_transfer.exchange(true)) {
    const std::uint64_t transfer = transfers_.open(invocation->cut, invocation->context, ended);
    invocation->transfer = transfer;
    // Given up in this moment: whoever did that saw no transfer yet.
    if (!calls_.is_waiting(call)) lane_->post([this, transfer] { transfers_.end(transfer); });
    return transfer;
  }
  const gtr_status why = is_waiting && invocation->cut == nullptr ? GTR_UNSUPPORTED : GTR_GONE;
  lane_->post([ended, why] { ended.done(ended.context, why, {nullptr, 0}); });
  return 0;
}

// Gives the call time while its body arrives, and again when it is there.
struct Operations::BodyWait {
  Operations* operations;
  gtr_call call;
  gtr_completion done;
  static void ended(void* context, gtr_status status, gtr_bytes result) {
    const std::unique_ptr<BodyWait> self(static_cast<BodyWait*>(context));
    self->operations->calls_.set_deadline(self->call, Clock::now() + kDeadlineAfterBody);
    self->done.done(self->done.context, status, result);
  }
};

void Operations::receive(gtr_call call, const gtr_receive& into, gtr_completion done) {
  const auto invocation = calls_.find(call);
  const bool can_receive = invocation && invocation->receive != nullptr && !invocation->has_body.exchange(true);
  if (can_receive && calls_.set_deadline(call, Clock::now() + kBodyDeadline)) {
    return invocation->receive(invocation->context, &into, {&BodyWait::ended, new BodyWait{this, call, done}});
  }
  lane_->post([done] { done.done(done.context, GTR_GONE, {nullptr, 0}); });
}

void Operations::give_up(gtr_call call, const Error& error) {
  if (const auto invocation = calls_.give_up(call)) answer(*invocation, error);
}

std::size_t Operations::sweep(Clock::time_point now) {
  const auto late = calls_.overdue(now);
  for (const gtr_call call : late) {
    give_up(call, {.status = Status::kTimeout, .detail = "The hub did not finish this in time; it may still happen."});
  }
  return late.size();
}

void Operations::cancel_all() {
  for (const gtr_call call : calls_.overdue(Clock::time_point::max())) {
    give_up(call, {.status = Status::kUnavailable, .detail = "The hub is stopping.", .retry_after_s = 5});
  }
  streams_.close_all();
  transfers_.end_all();
}

}  // namespace gatetorio::core
