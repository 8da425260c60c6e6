#include "api.hpp"

#include <algorithm>
#include <iterator>

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kAllMethods = "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";

// Of path, query and form. False for two values under one name, when one of them decides about access: refused rather
// than guessed.
bool collect_params(const Match& match, const Target& target, const Target& form, std::vector<Param>& params) {
  const auto& names = match.route->parameters;
  for (std::size_t i = 0; i < names.size(); ++i) params.emplace_back(names[i], match.values[i]);
  for (const auto* fields : {&target.query(), &form.query()}) {
    for (const auto& given : *fields) {
      const auto known = [&given](const Param& param) { return param.first == given.first; };
      if (std::any_of(params.begin(), params.end(), known)) return false;
      params.push_back(given);
    }
  }
  return true;
}

}  // namespace

Api::Api(const Settings& settings, Backend& backend)
    : backend_(backend),
      exempt_(settings.rate_limits.exempt),
      limits_(settings.rate_limits),
      pages_(backend),
      allowed_origins_(settings.allowed_origins) {}

bool Api::streams_body(const Request& request) {
  thread_local Target target;
  if (!target.parse(request.target).empty()) return false;
  const auto* operation = offered_at(router_.find(method_of(request, target.segments()), target.segments()));
  return operation != nullptr && operation->stream_body;
}

const Offered* Api::offered_at(const Match& match) const {
  if (match.route == nullptr || match.route->number < std::size(kPagePaths)) return nullptr;
  return &offered_[match.route->number - std::size(kPagePaths)];
}

Method Api::method_of(const Request& request, const std::vector<std::string_view>& segments) const {
  const auto other = request.header("X-HTTP-Method-Override");
  if (other.empty()) return request.method;
  const auto method = method_from(other);
  for (const auto tried : {method, request.method}) {
    const auto* operation = offered_at(router_.find(tried, segments));
    if (operation != nullptr && operation->is_tus) return method;  // the actual one counts for nothing
  }
  return request.method;
}

void Api::handle(Exchange& exchange) {
  const auto& segments = exchange.target().segments();
  const auto method = method_of(exchange.request(), segments);
  const auto match = router_.find(method, segments);
  const auto* operation = offered_at(match);
  exchange.operation = operation;  // its headers are due in refusals too
  exchange.over_limit_s = 0;
  if (!admit(exchange, read_credential(exchange.request())) || answer_options(exchange)) return;
  const bool is_get = method == Method::kGet || method == Method::kHead;
  if (const auto* file = match.route == nullptr && match.methods == 0 ? files_.find(segments) : nullptr) {
    return answer_file(*file, exchange);
  }
  if (match.route == nullptr && is_get && segments.size() == 1 && segments.front() == "admin") {
    return Pages::answer_no_admin(exchange);
  }
  if (match.route == nullptr) return answer_other_methods(match, method == Method::kOptions, exchange);
  if (operation == nullptr) return pages_.answer(static_cast<Page>(match.route->number), exchange);
  call_operation(*operation, match, exchange);
}

// Answers a browser that asks what it may send, and who asks for the server instead of a path.
bool Api::answer_options(Exchange& exchange) {
  const auto& request = exchange.request();
  const bool asks_first = is_preflight(request) && allowed_origins_.contains(request.origin);
  const bool asks_server = request.method == Method::kOptions && request.target == "*";
  if (!asks_first && !asks_server) return false;
  backend_.log_request(exchange, 204);
  auto lines = asks_first ? preflight_lines(request, request_headers_) : std::string();
  exchange.respond({204, {}, {}, lines.append(asks_server ? kAllMethods : "")});
  return true;
}

void Api::call_operation(const Offered& operation, const Match& match, Exchange& exchange) {
  const auto& request = exchange.request();
  if (const auto problem = operation.body_problem(request)) return refuse(exchange, *problem);
  const bool is_form = operation.form && is_form_type(request.content_type);
  // A form is written as a query is, and read as strictly.
  Target form;
  std::string form_text;
  if (is_form && !form.parse(form_text.append("/?").append(request.body)).empty()) {
    return refuse(exchange, make_problem(400, "The form cannot be read."));
  }
  thread_local std::vector<Param> params;
  params.clear();
  if (!collect_params(match, exchange.target(), form, params)) {
    return refuse(exchange, make_problem(400, "A parameter is given twice."));
  }
  for (const auto& [name, field] : operation.request_headers) {
    const auto value = request.header(name);
    if (request.is_ambiguous(name)) {
      return refuse(exchange, make_problem(400, "The header " + name + " is given twice."));
    }
    std::erase_if(params, [&](const Param& param) { return param.first == field; });  // the header alone says it
    if (!value.empty()) params.emplace_back(field, value);
  }
  auto credential = read_credential(request);
  std::optional<std::string> basic;
  if (operation.basic && (basic = read_basic(request))) {
    const std::string_view pair = *basic;
    credential = {"password", pair.substr(0, pair.find(':')), pair.substr(pair.find(':') + 1)};
  }
  std::optional<std::string> in_body;
  if (credential.secret.empty() && !operation.credential_field.empty() && !is_form &&
      (in_body = read_body_credential(request.body, operation.credential_field))) {
    credential = {"bearer", {}, *in_body};
  }
  if ((basic || in_body) && !admit_found(exchange, credential)) return;
  const bool has_stream_body = operation.stream_body && (request.chunked || request.content_length > 0);
  const Pool pool = has_stream_body ? Pool::kTransfers : operation.stream ? Pool::kStreams : Pool::kRequests;
  if (!enter(exchange, pool)) return;
  try {
    std::string buffer;
    const auto accept = request.list("Accept", buffer);
    const auto preferred =
        operation.content_types.empty() ? first_media_type(accept) : choose_media_type(accept, operation.content_types);
    const auto body = is_form ? std::string_view{} : request.body;
    const bool has_content = operation.stream_body || !operation.content_types.empty();
    backend_.invoke(
        {operation.number, operation.stream, operation.stream_body, has_content, body, &params, credential, preferred},
        exchange);
  } catch (...) {  // the call was not taken
    give_back(exchange);
    throw;
  }
}

}  // namespace gatetorio::transport_http
