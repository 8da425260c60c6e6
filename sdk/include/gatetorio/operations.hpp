// Operations: what a feature offers to the outside, declared once with typed input and output. The hub derives routing,
// authentication, authorisation, validation, metrics and the OpenAPI document from it; the handler sees neither HTTP
// nor MQTT.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/content.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/http_status.hpp"
#include "gatetorio/identity.hpp"

namespace gatetorio {

// One kind of principal that may call, and what it needs on the operation's resource ("owner", "self", a role); an
// empty need: being of that kind is enough. Kind "anyone": no credential is needed, a good one is passed on.
struct Caller {
  std::string_view kind;
  std::string_view need = "";
};

// A request header that fills the input field `field`.
struct RequestHeader {
  std::string_view name;   // "Upload-Offset"
  std::string_view field;  // "upload_offset"
};

// A header that answers may have: with a value here every answer has it, errors too; else those that set it.
struct ResponseHeader {
  std::string_view name;
  std::string_view value = "";
};

struct OperationSpec {
  std::string_view id;       // "registration.register"
  std::string_view method;   // "POST"; empty: not offered over HTTP
  std::string_view path;     // "/devices/{controller_id}", below the transport's base path
  std::string_view summary;  // one line
  std::vector<Caller> callers;
  // The input field that names the resource which `need` speaks of: a device by its name; as "site:site_id", a site by
  // the id in that field.
  std::string_view resource = "";
  Status denied_as = Status::kForbidden;   // kNotFound: a stranger does not learn that it exists
  std::string_view credential_field = "";  // an input field that may carry the bearer credential instead
  std::vector<Status> success = {Status::kOk};
  std::vector<Status> errors = {};
  bool stream = false;
  bool body_only = false;    // the input is the body (and request_headers): a path parameter may share a field's name
  bool stream_body = false;  // the body is no JSON and is taken by receive_body()
  std::vector<std::string_view> body_types = {};  // with stream_body: its media types; none: any
  std::vector<std::string_view> content_types =
      {};  // of the answer, where it is no JSON; Call::preferred is one of them
  std::vector<RequestHeader> request_headers = {};
  std::vector<ResponseHeader> response_headers = {};
  bool form_body =
      false;           // the body may be an HTML form (application/x-www-form-urlencoded): its fields are parameters
  bool basic = false;  // takes HTTP Basic too, as a credential of scheme "password"
  // The handler is called for those over a limit of the transport's too (not of failed logins), and refuses with
  // kRateLimited what may wait: see Call::over_limit_s.
  bool judges_limits = false;
  std::string_view output_schema = "";  // of an output that is Bytes: its JSON Schema, where that is JSON
};

// Who called, and on what. Belongs to the handler.
struct Call {
  std::optional<Principal> principal = {};  // empty: anonymous
  Access access = {};                       // on the operation's resource, where it has one
  std::string request_id;
  std::string peer;
  std::string resume_after;
  std::string preferred;
  gtr_call handle{};           // for EventStream
  Timestamp received_at = {};  // when it reached the hub; a time to live counts from here
  Timestamp expires_at = {};   // the caller wants no effect after this; 0: it did not say
  std::string transport = {};  // id of the plugin by which it came: "transport-http"; empty: a hub before ABI 1.4
  std::uint32_t over_limit_s =
      0;  // with judges_limits: the seconds which the caller should wait; 0: it is in its limits
};

// A call that could have changed something was refused, or failed: published by the hub for every such operation (one
// whose HTTP method is not GET). Key: the caller, or where nobody is known its address.
struct OperationRefused {
  static constexpr std::string_view kTopic = "operation.refused";
  std::string operation;  // its id
  std::string who;        // "user:17"; "anonymous" where nobody is known
  std::string peer;       // address
  std::string resource;   // as a parameter named it; empty: none did
  std::string request_id;
  std::int64_t status = 0;  // of HTTP
  std::string detail;       // what the caller was told
  std::int64_t at_us = 0;   // UTC
};
BOOST_DESCRIBE_STRUCT(OperationRefused, (), (operation, who, peer, resource, request_id, status, detail, at_us))

// No input, or no output.
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

// An answer with another kind of success than kOk, or as a stream.
template <class Out>
struct Reply {
  Reply(Out out) : value(std::move(out)) {}  // NOLINT: implicit on purpose
  Reply(Status kind, Out out) : status(kind), value(std::move(out)) {}
  Status status = Status::kOk;
  Out value;
  std::uint64_t stream = 0;                                       // EventStream::number()
  std::vector<std::pair<std::string, std::string>> headers = {};  // declared ones
};

// A stream of events to one caller (abi/operation.h). Ends when destroyed.
class EventStream {
 public:
  EventStream(Host& host, const Call& call) : host_(host), state_(new State) {
    state_->holders = 2;  // this object and the hub, which fires `closed` exactly once
    number_ = host.operations().stream_open(host.raw(), call.handle, {&EventStream::closed, state_});
  }
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream() {
    host_.operations().stream_close(host_.raw(), number_);
    release(state_);
  }
  std::uint64_t number() const { return number_; }
  bool is_open() const { return !state_->is_closed.load(std::memory_order_acquire); }
  // The text of one event, for `send`. `data`: one line of JSON.
  static std::string render(std::string_view id, std::string_view type, std::string_view data) {
    std::string text;
    text.reserve(id.size() + type.size() + data.size() + 24);
    text.append("id: ").append(id).append("\nevent: ").append(type).append("\ndata: ").append(data).append("\n\n");
    return text;
  }
  // Equal texts that wait for several callers are kept once.
  void send(std::string_view text) {
    if (is_open()) host_.operations().stream_write(host_.raw(), number_, to_bytes(text));
  }
  void send(std::string_view id, std::string_view type, std::string_view data) { send(render(id, type, data)); }

 private:
  struct State {
    std::atomic<int> holders{0};
    std::atomic<bool> is_closed{false};
  };
  static void closed(void* context, gtr_status, gtr_bytes) {
    auto* state = static_cast<State*>(context);
    state->is_closed.store(true, std::memory_order_release);
    release(state);
  }
  static void release(State* state) {
    if (state->holders.fetch_sub(1) == 1) delete state;
  }

  Host& host_;
  State* state_;
  std::uint64_t number_ = 0;
};

// The bytes of one call on their way: the body that receive_body() takes, or the FileContent that answers it. Make one
// before either, and cut it when whoever called may not have the bytes any more. Destroying it cuts nothing.
class Transfer {
 public:
  Transfer(Host& host, const Call& call) : host_(host), state_(new State) {
    number_ = host.operations().transfer_open(host.raw(), call.handle, {&Transfer::ended, state_});
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { release(state_); }
  // False where this call's bytes cannot be stopped once they flow: then let none flow.
  bool can_be_cut() const { return number_ != 0; }
  // Until the last byte has passed, or none will.
  bool is_open() const { return !state_->has_ended.load(std::memory_order_acquire); }
  // Breaks the caller's connection off. Any thread.
  void cut() { host_.operations().transfer_cut(host_.raw(), number_); }

 private:
  struct State {
    std::atomic<int> holders{2};  // this object and the hub, which fires `ended` exactly once
    std::atomic<bool> has_ended{false};
  };
  static void ended(void* context, gtr_status, gtr_bytes) {
    auto* state = static_cast<State*>(context);
    state->has_ended.store(true, std::memory_order_release);
    release(state);
  }
  static void release(State* state) {
    if (state->holders.fetch_sub(1) == 1) delete state;
  }

  Host& host_;
  State* state_;
  std::uint64_t number_ = 0;
};

namespace detail {

inline boost::json::array http_statuses(const std::vector<Status>& list) {
  boost::json::array out;
  for (const Status status : list) out.emplace_back(http_status(status));
  return out;
}

template <class T>
void read_param(std::string_view text, T& out, const std::string& pointer, json::Errors& errors) {
  if constexpr (wire::kIsOptional<T>) {
    read_param(text, out.emplace(), pointer, errors);
  } else if constexpr (std::is_same_v<T, std::string> || json::kIsText<T> || std::is_enum_v<T>) {
    json::read_text(text, out, pointer, errors);
  } else if constexpr (std::is_same_v<T, bool>) {
    json::read(text == "true" || text == "1"    ? boost::json::value(true)
               : text == "false" || text == "0" ? boost::json::value(false)
                                                : boost::json::value(text),
               out, pointer, errors);
  } else if constexpr (std::is_integral_v<T> || json::kIsInteger<T>) {
    std::int64_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    // One spelling: what names something must not have another name ("07", "-0").
    const bool whole = wrong == std::errc() && end == text.data() + text.size() && std::to_string(number) == text;
    json::read(whole ? boost::json::value(number) : boost::json::value(text), out, pointer, errors);
  } else {
    errors.push_back({pointer, "cannot be given as a parameter"});
  }
}

// What of an input may come from outside the body.
struct InputRule {
  bool body_only = false;
  std::vector<std::string> headers = {};  // fields that a request header fills: also with body_only
  bool takes_parameter(std::string_view field) const {
    return !body_only || std::find(headers.begin(), headers.end(), field) != headers.end();
  }
};

// Input fields come from the parameters (path, then query) and, for the rest, from the JSON body.
template <class In>
Result<In> read_input(const gtr_operation_request& request, const InputRule& rule) {
  const Error malformed{.status = Status::kMalformed, .detail = "The body is not valid JSON."};
  const Error not_object{
      .status = Status::kInvalid, .detail = "The body must be a JSON object.", .fields = {{"", "must be an object"}}};
  unsigned char buffer[2048];
  boost::json::monotonic_resource memory(buffer, sizeof buffer);
  boost::json::value body(boost::json::object_kind, &memory);
  if (request.body.size > 0) {
    boost::system::error_code wrong;
    body = boost::json::parse(to_view(request.body), wrong, &memory);
    if (wrong) return malformed;
    if (!body.is_object()) return not_object;
  }
  In in{};
  json::Errors errors;
  boost::mp11::mp_for_each<wire::Members<In>>([&](auto member) {
    auto& field = in.*member.pointer;
    using Member = std::remove_reference_t<decltype(field)>;
    const std::string_view name = member.name;
    for (std::uint32_t i = 0; i < request.param_count && rule.takes_parameter(name); ++i) {
      if (to_view(request.params[i].name) == name) {
        return read_param(to_view(request.params[i].value), field, "/" + std::string(name), errors);
      }
    }
    if (const auto* value = body.get_object().if_contains(name)) {
      json::read_member(*value, to_view(request.body), name, field, errors);
    } else if constexpr (!wire::kIsOptional<Member>) {
      errors.push_back({"/" + std::string(name), "is required"});
    }
  });
  if (errors.empty()) return in;
  return Error{.status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = std::move(errors)};
}

}  // namespace detail

namespace detail {

// What a handler gives, as the answer: a plain value has the first kind of success that its operation declares.
template <class Out>
struct Answer {
  using Value = Out;
  static Reply<Out> of(Result<Out>& given, Status success) { return {success, *std::move(given)}; }
};
template <class Out>
struct Answer<Reply<Out>> {
  using Value = Out;
  static Reply<Out> of(Result<Reply<Out>>& given, Status) { return *std::move(given); }
};
template <>
struct Answer<void> {
  using Value = Nothing;
  static Reply<Nothing> of(Result<void>&, Status success) { return {success, Nothing{}}; }
};

}  // namespace detail

// Declares the operations of a plugin; the handlers are coroutines of `self`, or of other objects, all of which live as
// long as the plugin. A handler gives a Result of its output, of a Reply with it, or of void.
template <class Self>
class OperationSet {
 public:
  OperationSet(Host& host, Self* self) : host_(host), self_(self) {}
  OperationSet(const OperationSet&) = delete;
  OperationSet& operator=(const OperationSet&) = delete;

  // In configure(). Throws SetupError for a bad declaration.
  template <class In, class Out>
  OperationSet& add(const OperationSpec& spec, Task<Result<Out>> (Self::*handler)(Call, In)) {
    return add(spec, *self_, handler);
  }
  template <class Object, class In, class Out>
  OperationSet& add(const OperationSpec& spec, Object& object, Task<Result<Out>> (Object::*handler)(Call, In)) {
    auto& entry = entries_.emplace_back(std::make_unique<Entry>());
    detail::InputRule rule{.body_only = spec.body_only};
    for (const RequestHeader& header : spec.request_headers) rule.headers.emplace_back(header.field);
    entry->run = [this, &object, handler, rule = std::move(rule),
                  success = spec.success.front()](const gtr_operation_request& request) {
      try {
        Result<In> in = detail::read_input<In>(request, rule);
        if (!in) return fail(request.call, in.error());
        answer_with((object.*handler)(call_of(request), *std::move(in)), request.call, success);
      } catch (...) {
        failed(request.call, std::current_exception());
      }
    };
    declare(spec, declaration<In, typename detail::Answer<Out>::Value>(spec), entry.get());
    return *this;
  }

 private:
  struct Entry {
    std::function<void(const gtr_operation_request&)> run;
  };
  static void handle(void* context, const gtr_operation_request* request) {
    static_cast<Entry*>(context)->run(*request);
  }

  void declare(const OperationSpec& spec, const boost::json::object& declaration, Entry* entry) {
    const std::string text = boost::json::serialize(declaration);
    const gtr_status status = host_.operations().declare(host_.raw(), to_bytes(text), &OperationSet::handle, entry);
    if (status == GTR_OK) return;
    throw SetupError("cannot declare operation " + std::string(spec.id) +
                     (status == GTR_CONFLICT ? ": its id or path is taken" : ": the declaration is wrong"));
  }
  template <class Out>
  void answer_with(Task<Result<Out>> task, gtr_call handle, Status success) {
    spawn(
        std::move(task),
        [this, handle, success](Result<Out> out) {
          if (!out) return fail(handle, out.error());
          answer(handle, detail::Answer<Out>::of(out, success));
        },
        [this, handle](std::exception_ptr thrown) { failed(handle, thrown); });
  }
  void failed(gtr_call handle, std::exception_ptr thrown) const {
    host_.log_exception("an operation failed", thrown);
    fail(handle, {.status = Status::kInternal, .detail = "The hub could not do this; its log says why."});
  }

  static Call call_of(const gtr_operation_request& request) {
    Call call{.request_id = std::string(to_view(request.request_id)),
              .peer = std::string(to_view(request.peer)),
              .resume_after = std::string(to_view(request.resume_after)),
              .preferred = std::string(to_view(request.preferred)),
              .handle = request.call,
              .received_at = {request.received_at_us}};
    if (request.size >= offsetof(gtr_operation_request, expires_at_us) + sizeof request.expires_at_us) {
      call.expires_at = {request.expires_at_us};
    }
    if (request.size >= offsetof(gtr_operation_request, transport) + sizeof request.transport) {
      call.transport = to_view(request.transport);
    }
    if (request.size >= offsetof(gtr_operation_request, over_limit_s) + sizeof request.over_limit_s) {
      call.over_limit_s = request.over_limit_s;
    }
    if (request.principal.size > 0) wire::decode(to_view(request.principal), call.principal.emplace());
    if (request.access.size > 0) wire::decode(to_view(request.access), call.access);
    return call;
  }
  static std::vector<gtr_field> fields_of(const std::vector<std::pair<std::string, std::string>>& headers) {
    std::vector<gtr_field> fields;
    for (const auto& [name, value] : headers) fields.push_back({to_bytes(name), to_bytes(value)});
    return fields;
  }
  void fail(gtr_call call, const Error& error) const {
    const std::string body = to_json(error);
    gtr_reply reply{};
    reply.size = sizeof reply;
    reply.status = static_cast<gtr_status>(error.status);
    reply.body = to_bytes(body);
    const std::vector<gtr_field> headers = fields_of(error.headers);
    reply.headers = headers.data();
    reply.header_count = static_cast<std::uint32_t>(headers.size());
    host_.operations().complete(host_.raw(), call, &reply);
  }
  template <class Out>
  void answer(gtr_call call, const Reply<Out>& out) const {
    gtr_reply reply{};
    reply.size = sizeof reply;
    reply.status = static_cast<gtr_status>(out.status);
    reply.stream = out.stream;
    const std::vector<gtr_field> headers = fields_of(out.headers);
    reply.headers = headers.data();
    reply.header_count = static_cast<std::uint32_t>(headers.size());
    std::string body;
    gtr_content content{};
    if constexpr (std::is_same_v<Out, Bytes>) {
      reply.content_type = to_bytes(out.value.type);
      reply.body = to_bytes(out.value.bytes);
    } else if constexpr (std::is_same_v<Out, FileContent>) {
      content = {sizeof content, out.value.file.get(), out.value.offset, out.value.length, to_bytes(out.value.etag)};
      reply.content_type = to_bytes(out.value.type);
      reply.content = &content;
    } else if constexpr (!std::is_same_v<Out, Nothing>) {
      body = json::write(out.value);
      reply.body = to_bytes(body);
    }
    host_.operations().complete(host_.raw(), call, &reply);
  }
  template <class Out>
  static boost::json::object output_schema(const OperationSpec& spec) {
    if constexpr (std::is_same_v<Out, Bytes> || std::is_same_v<Out, FileContent>)
      return spec.output_schema.empty() ? boost::json::object() : boost::json::parse(spec.output_schema).as_object();
    else
      return json::schema<Out>();
  }

  template <class In, class Out>
  static boost::json::object declaration(const OperationSpec& spec) {
    boost::json::array callers;
    for (const Caller& caller : spec.callers) {
      callers.push_back(boost::json::object{{"kind", caller.kind}, {"need", caller.need}});
    }
    boost::json::array request_headers, response_headers;
    for (const auto& [name, field] : spec.request_headers) {
      request_headers.push_back(boost::json::object{{"name", name}, {"field", field}});
    }
    for (const auto& [name, value] : spec.response_headers) {
      response_headers.push_back(boost::json::object{{"name", name}, {"value", value}});
    }
    return {{"id", spec.id},
            {"method", spec.method},
            {"path", spec.path},
            {"summary", spec.summary},
            {"callers", std::move(callers)},
            {"resource", spec.resource},
            {"denied_as", spec.denied_as == Status::kNotFound ? "not_found" : "forbidden"},
            {"credential_field", spec.credential_field},
            {"input", json::schema<In>()},
            {"output", output_schema<Out>(spec)},
            {"success", detail::http_statuses(spec.success)},
            {"errors", detail::http_statuses(spec.errors)},
            {"stream", spec.stream},
            {"body_only", spec.body_only},
            {"body", spec.stream_body ? "stream" : "json"},
            {"body_types", boost::json::array(spec.body_types.begin(), spec.body_types.end())},
            {"content_types", boost::json::array(spec.content_types.begin(), spec.content_types.end())},
            {"request_headers", std::move(request_headers)},
            {"response_headers", std::move(response_headers)},
            {"form_body", spec.form_body},
            {"basic", spec.basic},
            {"judges_limits", spec.judges_limits}};
  }

  Host& host_;
  Self* self_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace gatetorio
