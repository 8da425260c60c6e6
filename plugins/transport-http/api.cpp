#include "api.hpp"

#include <fcntl.h>

#include <algorithm>
#include <boost/json.hpp>
#include <gatetorio/result.hpp>
#include <iterator>
#include <optional>

#include "content_range.hpp"
#include "ignoring_case.hpp"
#include "openapi.hpp"

namespace gatetorio::transport_http {
namespace {

namespace json = boost::json;

std::string_view text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return value->get_string();
}

std::vector<std::string> texts_at(const json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (const auto& entry : value->get_array()) {
    if (entry.is_string()) texts.emplace_back(entry.get_string());
  }
  return texts;
}

// The headers of a declaration: [{"name": ..., <other>: ...}]. One that could end a header line is left out.
std::vector<std::pair<std::string, std::string>> pairs_at(const json::object& object, std::string_view key,
                                                          std::string_view other) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return pairs;
  for (const auto& entry : value->get_array()) {
    if (!entry.is_object()) continue;
    const auto name = text_at(entry.get_object(), "name"), text = text_at(entry.get_object(), other);
    if (!name.empty() && is_header_text(name) && is_header_text(text)) pairs.emplace_back(name, text);
  }
  return pairs;
}

bool is_one_of(std::string_view type, const std::vector<std::string>& types) {
  return std::any_of(types.begin(), types.end(),
                     [type](const std::string& known) { return is_media_type(type, known); });
}

bool same(std::string_view a, std::string_view b) { return equals_ignoring_case(a, b); }

// Adds a name to a list of header names, once.
void add_name(std::string& list, std::string_view name) {
  for (std::string_view rest = list; !rest.empty();) {
    const auto comma = rest.find(", ");
    if (same(rest.substr(0, comma), name)) return;
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 2);
  }
  list.append(list.empty() ? "" : ", ").append(name);
}

// True where the body begins as a JSON object does.
bool begins_object(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

constexpr unsigned kBusyRetryS = 2;

// How a refusal of each pool is counted and told.
struct PoolWords {
  Refusal total, share;
  std::string_view detail;
};
constexpr PoolWords kPoolWords[] = {
    {Refusal::kInFlight, Refusal::kInFlightShare, "You have too many requests under way; try again later."},
    {Refusal::kTransfers, Refusal::kTransferShare, "You have too many transfers under way; try again later."},
    {Refusal::kStreams, Refusal::kStreamShare, "You have too many event streams; end one of them first."}};

constexpr std::string_view kReadOnly = "Allow: GET, HEAD, OPTIONS\r\n";
constexpr std::string_view kAllMethods = "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";

bool flag_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

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

std::string Api::set_operations(std::string_view report, std::string_view version, const LeftOut& left_out) {
  boost::system::error_code error;
  const auto operations = json::parse(report, error);
  if (error || !operations.is_array()) return "the hub's list of operations cannot be read";
  for (std::size_t i = 0; i < std::size(kPagePaths); ++i) router_.add(Method::kGet, kPagePaths[i], i);
  json::array offered;
  for (const auto& entry : operations.get_array()) {
    const auto wrong = offer(entry.as_object());
    if (wrong.empty()) {
      offered.push_back(entry);
    } else {
      left_out(text_at(entry.as_object(), "id"), wrong);
    }
  }
  name_headers();
  for (const auto& entry : offered) {
    if (text_at(entry.as_object(), "method") == "OPTIONS") name_methods(text_at(entry.as_object(), "path"));
  }
  pages_.set_openapi(make_openapi(offered, kBasePath, version));
  return {};
}

std::string Api::add_pages(const StaticPages& pages, std::string_view search_path) {
  std::string wrong = files_.add(pages, search_path);
  pages_.set_home(files_.home());
  return wrong;
}

std::string Api::offer(const json::object& declaration) {
  const auto method_text = text_at(declaration, "method");
  if (method_text.empty()) return {};
  const auto method = method_from(method_text);
  if (method == Method::kOther) return "the method is not one that can be offered";
  const auto path = std::string(kBasePath).append(text_at(declaration, "path"));
  auto wrong = router_.add(method, path, std::size(kPagePaths) + offered_.size());
  if (wrong.empty()) offered_.push_back(offered_from(declaration));
  return wrong;
}

// Headers that operations declare count for pages of allowed origins as the usual ones do.
void Api::name_headers() {
  for (const Offered& operation : offered_) {
    for (const auto& [name, field] : operation.request_headers) add_name(request_headers_, name);
    for (const auto& name : operation.response_headers) add_name(exposed_headers_, name);
    for (std::string_view lines = operation.fixed_headers; !lines.empty(); lines.remove_prefix(lines.find('\n') + 1)) {
      add_name(exposed_headers_, lines.substr(0, lines.find(':')));
    }
  }
}

// An operation that answers OPTIONS says what it likes, and the methods of its path besides.
void Api::name_methods(std::string_view path) {
  const std::string whole = std::string(kBasePath).append(path);
  Target target;
  target.parse(whole);
  const auto match = router_.find(Method::kOptions, target.segments());
  auto& operation = offered_[match.route->number - std::size(kPagePaths)];
  operation.fixed_headers += "Allow: " + match.allowed() + "\r\n";
}

Api::Offered Api::offered_from(const json::object& declaration) {
  Offered offered;
  offered.number = declaration.at("number").to_number<std::uint64_t>();
  offered.stream = flag_at(declaration, "stream");
  offered.form = flag_at(declaration, "form_body");
  offered.basic = flag_at(declaration, "basic");
  offered.judges_limits = flag_at(declaration, "judges_limits");
  offered.credential_field = text_at(declaration, "credential_field");
  offered.stream_body = text_at(declaration, "body") == "stream";
  offered.content_types = texts_at(declaration, "content_types");
  offered.body_types = texts_at(declaration, "body_types");
  for (const auto& [name, field] : pairs_at(declaration, "request_headers", "field")) {
    offered.request_headers.emplace_back(name, field);
    offered.is_tus = offered.is_tus || same(name, "Tus-Resumable");
  }
  for (const auto& [name, value] : pairs_at(declaration, "response_headers", "value")) {
    if (value.empty())
      offered.response_headers.push_back(name);
    else
      offered.fixed_headers.append(name).append(": ").append(value).append("\r\n");
  }
  return offered;
}

bool Api::streams_body(const Request& request) {
  thread_local Target target;
  if (!target.parse(request.target).empty()) return false;
  const auto* operation = offered_at(router_.find(method_of(request, target.segments()), target.segments()));
  return operation != nullptr && operation->stream_body;
}

const Api::Offered* Api::offered_at(const Match& match) const {
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

bool Api::admit(Exchange& exchange, const RequestCredential& credential) {
  hold(exchange, credential.secret);
  if (!exchange.holder.is_exempt && !pass_limit(exchange, limits_.admit(exchange.client().prefix, credential.secret))) {
    return false;
  }
  if (credential.scheme.starts_with("cookie") && !is_same_origin(exchange.request())) {
    refuse(exchange, make_problem(403, "The request comes from another site."));
    return false;
  }
  return count_connection(exchange);
}

// The same for a credential that is not in the head.
bool Api::admit_found(Exchange& exchange, const RequestCredential& credential) {
  hold(exchange, credential.secret);
  const auto wait = exchange.holder.is_exempt ? 0 : limits_.admit_credential(credential.secret);
  return pass_limit(exchange, {wait}) && count_connection(exchange);
}

// An operation may decide itself whom it lets pass, but not for those who guess.
bool Api::pass_limit(Exchange& exchange, RequestLimits::Wait wait) {
  if (wait.seconds == 0) return true;
  const auto* operation = static_cast<const Offered*>(exchange.operation);
  exchange.over_limit_s = std::max(exchange.over_limit_s, wait.seconds);
  if (operation != nullptr && operation->judges_limits && !wait.is_for_guessing) return true;
  exchange.complain(Refusal::kRateLimit, who(exchange));
  refuse(exchange, make_problem(429, {}, wait.seconds));
  return false;
}

void Api::hold(Exchange& exchange, std::string_view secret) const {
  exchange.holder = {exchange.client().prefix, secret.empty() ? 0 : limits_.key_of(secret), is_exempt(exchange)};
}

bool Api::count_connection(Exchange& exchange) {
  if (exchange.holder.is_exempt || exchange.count_connection(exchange.holder.credential)) return true;
  exchange.complain(Refusal::kConnectionShare, who(exchange));
  refuse(exchange, make_problem(429, "There are too many connections with this credential.", kBusyRetryS));
  return false;
}

// Whom the log is to name.
std::string Api::who(Exchange& exchange) {
  const auto credential = exchange.holder.credential;
  const auto name = credential == 0 ? std::string() : exchange.shares()->name_of(credential);
  return name.empty() ? exchange.client().text : name + " at " + exchange.client().text;
}

// Takes one of the pool, or answers why not: 429 where it is the caller's own share that is used up.
bool Api::enter(Exchange& exchange, Pool pool) {
  const Full full = exchange.shares()->enter(pool, exchange.holder);
  if (full == Full::kNo) {
    exchange.holds = pool;
    return true;
  }
  const PoolWords& words = kPoolWords[static_cast<std::size_t>(pool)];
  if (full == Full::kTotal) {
    exchange.complain(words.total, "all together");
    refuse(exchange, make_problem(503, "The hub is busy; try again later.", kBusyRetryS));
    return false;
  }
  exchange.complain(words.share, full == Full::kAddress ? exchange.client().text : who(exchange));
  refuse(exchange, make_problem(429, words.detail, kBusyRetryS));
  return false;
}

void Api::give_back(Exchange& exchange) {
  if (exchange.holds) exchange.shares()->leave(*exchange.holds, exchange.holder);
  exchange.holds.reset();
}

void Api::answer_file(const PageFile& file, Exchange& exchange) {
  const auto& request = exchange.request();
  if (request.method == Method::kOptions) {
    backend_.log_request(exchange, 204);
    return exchange.respond({204, {}, {}, kReadOnly});
  }
  if (request.method != Method::kGet && request.method != Method::kHead) {
    return refuse(exchange, make_problem(405, "The path does not take this method."), kReadOnly);
  }
  std::string buffer;
  const FileForm& form = file.form_for(request.list("Accept-Encoding", buffer));
  std::string headers = file.headers;
  if (!form.coding.empty()) headers.append("Content-Encoding: ").append(form.coding).append("\r\n");
  const gtr_content content{sizeof content, form.file.get(), 0, form.length, to_bytes(form.etag)};
  gtr_reply reply{};
  reply.size = sizeof reply;
  reply.content_type = to_bytes(file.type);
  reply.content = &content;
  answer_content(exchange, 200, reply, std::move(headers), nullptr);
}

void Api::answer_other_methods(const Match& match, bool is_options, Exchange& exchange) {
  if (match.methods == 0) return refuse(exchange, make_problem(404, "There is no such path."));
  const auto allow = "Allow: " + match.allowed() + "\r\n";
  if (!is_options) {
    return refuse(exchange, make_problem(405, "The path does not take this method."), allow);
  }
  backend_.log_request(exchange, 204);
  exchange.respond({204, {}, {}, allow});
}

// What is wrong with how the body is said to be written.
std::optional<Problem> Api::body_problem(const Offered& operation, const Request& request) {
  const bool has_body =
      !request.body.empty() || (operation.stream_body && (request.chunked || request.content_length > 0));
  const auto coding = request.header("Content-Encoding");
  if (has_body && !coding.empty() && !same(coding, "identity")) {
    auto problem = make_problem(415, "The body must not be compressed: Content-Encoding is not taken here.");
    problem.headers += "Accept-Encoding: identity\r\n";  // RFC 9110 section 12.5.3: this is what was wrong
    return problem;
  }
  if (operation.stream_body) {
    if (operation.body_types.empty() || is_one_of(request.content_type, operation.body_types)) return std::nullopt;
    return make_problem(415, "The body must be " + operation.body_types.front() + ".");
  }
  if (!has_body || is_json_type(request.content_type)) return std::nullopt;
  if (operation.form && is_form_type(request.content_type)) return std::nullopt;
  if (!request.content_type.empty()) return make_problem(415, "The body must be application/json in UTF-8.");
  // Without a type one may look (RFC 9110 section 8.3), as the server that this hub replaces did. Not for a web page:
  // it could send such a body to any hub that it can reach, and would not be asked for its origin first.
  if (request.origin.empty() && begins_object(request.body)) return std::nullopt;
  return make_problem(415, "The body has no Content-Type; it must be application/json in UTF-8.");
}

void Api::call_operation(const Offered& operation, const Match& match, Exchange& exchange) {
  const auto& request = exchange.request();
  if (const auto problem = body_problem(operation, request)) return refuse(exchange, *problem);
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

void Api::begin_stream(const Exchange& exchange) { backend_.log_request(exchange, 200); }

void Api::end_stream(Exchange& exchange) {
  give_back(exchange);
  exchange.end_stream();
}

void Api::answer(Exchange& exchange, gtr_status status, std::string_view content_type, std::string_view body,
                 std::string_view headers) {
  give_back(exchange);
  if (status >= GTR_FIRST_ERROR || status < 0) {
    if (status == GTR_UNAUTHENTICATED && !is_exempt(exchange)) limits_.count_failed_login(exchange.client().prefix);
    return refuse(exchange, problem_from(status, body), headers);
  }
  if (content_type.empty() || !is_header_text(content_type)) content_type = "application/json";
  const auto http = http_status(Status{status});
  backend_.log_request(exchange, http);
  exchange.respond({http, content_type, body, {}});
}

// The headers of the answer that it declares.
std::string Api::Offered::lines_of(const gtr_reply& reply) const {
  std::string lines;
  for (std::uint32_t i = 0; i < reply.header_count; ++i) {
    const auto name = to_view(reply.headers[i].name), value = to_view(reply.headers[i].value);
    const bool is_known = std::find(response_headers.begin(), response_headers.end(), name) != response_headers.end();
    if (is_header_text(value) && is_known) lines.append(name).append(": ").append(value).append("\r\n");
  }
  return lines;
}

// Every credential that proves nobody counts, also where the answer does not say so.
void Api::notice(Exchange& exchange, const gtr_reply& reply) {
  const bool is_counted = reply.status == GTR_UNAUTHENTICATED;  // by `answer`
  if (reply.is_stranger != 0 && !is_counted && !exchange.holder.is_exempt) {
    limits_.count_failed_login(exchange.client().prefix);
  }
  if (reply.caller.size > 0 && exchange.holder.credential != 0) {
    exchange.shares()->set_name(exchange.holder.credential, to_view(reply.caller));
  }
}

void Api::answer(Exchange& exchange, const gtr_reply& reply, std::shared_ptr<const void> kept) {
  notice(exchange, reply);
  const bool is_error = reply.status >= GTR_FIRST_ERROR || reply.status < 0;
  const auto& operation = *static_cast<const Offered*>(exchange.operation);
  const std::string own_headers = operation.lines_of(reply);
  if (is_error || (reply.content == nullptr && own_headers.empty() && operation.fixed_headers.empty())) {
    return answer(exchange, reply.status, to_view(reply.content_type), to_view(reply.body), own_headers);
  }
  give_back(exchange);
  std::string headers = operation.fixed_headers + own_headers;
  const auto http = http_status(Status{reply.status});
  if (reply.content != nullptr) return answer_content(exchange, http, reply, std::move(headers), std::move(kept));
  backend_.log_request(exchange, http);
  const auto type = to_view(reply.content_type);
  const bool has_type = !type.empty() && is_header_text(type);
  const auto body = to_view(reply.body);
  exchange.respond({http, has_type ? type : body.empty() ? "" : "application/json", body, headers});
}

// Sends a file, or the part of it that the request asks for.
void Api::answer_content(Exchange& exchange, unsigned status, const gtr_reply& reply, std::string headers,
                         std::shared_ptr<const void> kept) {
  const gtr_content& content = *reply.content;
  const auto etag = to_view(content.etag);
  const auto& request = exchange.request();
  RangeAnswer part{status, 0, content.length};
  if (status == 200 && is_header_text(etag)) {
    std::string buffer;
    // Two ranges that contradict each other are none.
    const auto range = request.is_ambiguous("Range") || request.is_ambiguous("If-Range") ? "" : request.header("Range");
    part =
        choose_range({range, request.header("If-Range"), request.list("If-None-Match", buffer)}, content.length, etag);
    headers += range_headers(part, content.length, etag);
  }
  if (part.status == 416) return refuse(exchange, make_problem(416, {}), range_headers(part, content.length, etag));
  Descriptor file(::fcntl(content.descriptor, F_DUPFD_CLOEXEC, 0));
  if (!file) return refuse(exchange, make_problem(503, "The hub has too many files open."));
  if (!enter(exchange, Pool::kTransfers)) return;
  // The last byte, or the end of the connection, gives it back.
  const auto leave = [shares = exchange.shares(), holder = exchange.holder, kept](const void*) {
    shares->leave(Pool::kTransfers, holder);
  };
  const auto slot = std::shared_ptr<const void>(this, leave);
  exchange.holds.reset();
  backend_.log_request(exchange, part.status);
  const auto type = to_view(reply.content_type);
  exchange.respond_file({part.status, is_header_text(type) ? type : "application/octet-stream", {}, headers},
                        std::move(file), content.offset + part.offset, part.length, slot);
}

void Api::refuse(Exchange& exchange, const Problem& problem, std::string_view more_headers) {
  backend_.log_request(exchange, problem.status);
  auto headers = std::string(problem.headers).append(more_headers);
  if (exchange.operation != nullptr) headers += static_cast<const Offered*>(exchange.operation)->fixed_headers;
  exchange.respond({problem.status, kProblemType, problem.body, headers});
}

}  // namespace gatetorio::transport_http
