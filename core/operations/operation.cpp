#include "core/operations/operation.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <cstring>

#include "core/operations/route.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/json.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::core {

namespace {

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool has_form_of_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

Error wrong(std::string why) { return {.status = Status::kInvalid, .detail = std::move(why)}; }

}  // namespace

const CallerRule* Operation::rule_for(std::string_view kind) const {
  const auto found = std::find_if(callers.begin(), callers.end(), [&](const auto& rule) { return rule.kind == kind; });
  return found == callers.end() ? nullptr : &*found;
}

Result<Operation> parse_operation(std::string_view declaration) {
  boost::system::error_code unreadable;
  const auto parsed = boost::json::parse(declaration, unreadable);
  if (unreadable || !parsed.is_object()) return wrong("the declaration is not a JSON object");
  Operation operation;
  operation.declaration = parsed.get_object();
  const auto& object = operation.declaration;
  operation.id = text_of(object, "id");
  if (!has_form_of_id(operation.id)) return wrong("'id' must be lower-case letters, digits, dots and dashes");
  operation.method = text_of(object, "method");
  operation.path = text_of(object, "path");
  if (std::string problem = check_route(operation.method, operation.path); !problem.empty()) {
    return wrong(std::move(problem));
  }
  operation.shape = shape_of(operation.path);
  operation.resource = text_of(object, "resource");
  if (const std::size_t colon = operation.resource.find(':'); colon != std::string::npos) {
    operation.resource_kind = operation.resource.substr(0, colon + 1);
    operation.resource.erase(0, colon + 1);
    if (operation.resource_kind == ":" || operation.resource.empty())
      return wrong("'resource' must be FIELD or KIND:FIELD");
  }
  operation.credential_field = text_of(object, "credential_field");
  operation.denied_as = text_of(object, "denied_as") == "not_found" ? Status::kNotFound : Status::kForbidden;
  const auto* body_only = object.if_contains("body_only");
  if (body_only != nullptr && body_only->is_bool() && body_only->get_bool() && !operation.resource.empty() &&
      operation.path.find("{" + operation.resource + "}") == std::string::npos) {
    // Else access would be judged by a parameter and the handler would act on the body.
    return wrong("with 'body_only' the 'resource' must be part of 'path'");
  }
  const auto* callers = object.if_contains("callers");
  if (callers == nullptr || !callers->is_array() || callers->get_array().empty()) {
    return wrong("'callers' must say who may call; {\"kind\": \"anyone\"} is everybody");
  }
  for (const auto& caller : callers->get_array()) {
    if (!caller.is_object() || text_of(caller.get_object(), "kind").empty()) return wrong("a caller has no 'kind'");
    operation.callers.push_back({text_of(caller.get_object(), "kind"), text_of(caller.get_object(), "need")});
  }
  return operation;
}

Invocation::Invocation(const Operation& target, const gtr_invocation& from, std::string_view transport)
    : operation(target),
      reply(from.reply),
      stream_data(from.stream_data),
      stream_end(from.stream_end),
      context(from.context) {
  gtr_invocation given{};  // a transport built against older headers knows less of it
  std::memcpy(&given, &from, std::min<std::size_t>(from.size, sizeof given));
  const auto* judges = target.declaration.if_contains("judges_limits");
  const bool judges_limits = judges != nullptr && judges->is_bool() && judges->get_bool();
  receive = given.receive;
  cut = given.cut;
  resource_id = given.resource_id;
  std::size_t size = from.body.size + from.credential_scheme.size + from.credential_name.size +
                     from.credential_secret.size + from.request_id.size + from.peer.size + from.resume_after.size +
                     from.preferred.size;
  for (std::uint32_t i = 0; i < from.param_count; ++i) size += from.params[i].name.size + from.params[i].value.size;
  text.reserve(size);  // views into it stay good
  const auto keep = [this](gtr_bytes bytes) {
    const std::size_t at = text.size();
    text.append(to_view(bytes));
    return std::string_view(text).substr(at);
  };
  body = keep(from.body);
  scheme = keep(from.credential_scheme);
  name = keep(from.credential_name);
  secret = keep(from.credential_secret);
  params.reserve(from.param_count);
  for (std::uint32_t i = 0; i < from.param_count; ++i) {
    const std::string_view key = keep(from.params[i].name);
    params.push_back({to_bytes(key), to_bytes(keep(from.params[i].value))});
  }
  request = {sizeof(gtr_operation_request),
             {},
             to_bytes(body),
             params.data(),
             from.param_count,
             {nullptr, 0},
             {nullptr, 0},
             to_bytes(keep(from.request_id)),
             to_bytes(keep(from.peer)),
             to_bytes(keep(from.resume_after)),
             to_bytes(keep(from.preferred)),
             from.received_at_us != 0 ? from.received_at_us : now().us,
             given.expires_at_us,
             to_bytes(transport),
             judges_limits ? given.over_limit_s : 0};
  principal = to_view(from.principal);
  request.principal = to_bytes(principal);
  Principal known;
  if (!principal.empty() && wire::decode(principal, known) && known.id != 0) {
    caller = key_of(known.who());
    is_identified = true;
  }
}

void Invocation::answer(const gtr_reply& given) const {
  const gtr_status status = given.status;
  const bool is_fault = status == GTR_INTERNAL || status == GTR_UNAVAILABLE || status == GTR_TIMEOUT ||
                        status == GTR_CANCELLED || status == GTR_FULL;
  (status < GTR_FIRST_ERROR ? operation.succeeded : is_fault ? operation.failed : operation.refused)->add(1);
  if (const auto reason = operation.refusals->find(status); reason != operation.refusals->end()) reason->second->add(1);
  operation.seconds->add(std::chrono::duration<double>(Clock::now() - began).count());
  gtr_reply answer = given;
  answer.is_stranger = is_stranger ? 1 : 0;
  answer.caller = is_identified ? to_bytes(caller) : gtr_bytes{nullptr, 0};
  reply(context, &answer);
}

void Invocation::answer(const Error& error) const {
  const std::string json = to_json(error);
  gtr_reply made{};
  made.size = sizeof made;
  made.status = static_cast<gtr_status>(error.status);
  made.body = to_bytes(json);
  answer(made);
}

}  // namespace gatetorio::core
