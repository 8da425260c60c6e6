// The form of every answer.
#include <fcntl.h>

#include <gatetorio/result.hpp>

#include "api.hpp"
#include "content_range.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kReadOnly = "Allow: GET, HEAD, OPTIONS\r\n";

}  // namespace

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

void Api::begin_stream(const Exchange& exchange) { backend_.log_request(exchange, 200); }

void Api::end_stream(Exchange& exchange) {
  give_back(exchange);
  exchange.end_stream();
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
