#include "response_format.hpp"

#include <charconv>
#include <ctime>

#include "problem.hpp"

namespace gatetorio::transport_http {
namespace {

template <typename Number>
void append_number(std::string& out, Number number, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

// Formatting a date costs more than the rest of a head, so each thread keeps that of the current second.
std::string_view date_line() {
  thread_local std::time_t kept_second = 0;
  thread_local char line[48];
  thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != kept_second) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(line, sizeof line, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    kept_second = now;
  }
  return {line, size};
}

void append_status_line(std::string& out, unsigned status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, status);
  out.append(" ").append(status_title(status)).append("\r\n");
}

void append_shared_headers(std::string& out, const ResponseFrame& frame, std::string_view extra) {
  out += date_line();
  out.append("X-Request-Id: ").append(frame.request_id);
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  if (extra.find("Cache-Control:") == std::string_view::npos) out += "Cache-Control: no-store\r\n";
  if (!frame.keep_alive) out += "Connection: close\r\n";
  if (frame.keep_alive && frame.announce_keep_alive) out += "Connection: keep-alive\r\n";
  out += frame.cors;
  out += extra;
}

}  // namespace

void append_response(std::string& out, const ResponseFrame& frame, const Reply& reply) {
  out.reserve(out.size() + 320 + reply.extra_headers.size() + reply.body.size());
  append_status_line(out, reply.status);
  append_shared_headers(out, frame, reply.extra_headers);
  if (reply.status != 204) {
    if (!reply.content_type.empty()) out.append("Content-Type: ").append(reply.content_type).append("\r\n");
    out += "Content-Length: ";
    append_number(out, reply.body.size());
    out += "\r\n";
  }
  out += "\r\n";
  if (!frame.head_only && reply.status != 204) out += reply.body;
}

void append_file_head(std::string& out, const ResponseFrame& frame, const Reply& reply, std::uint64_t length) {
  append_status_line(out, reply.status);
  append_shared_headers(out, frame, reply.extra_headers);
  if (reply.status != 304) {
    if (!reply.content_type.empty()) out.append("Content-Type: ").append(reply.content_type).append("\r\n");
    out += "Content-Length: ";
    append_number(out, length);
    out += "\r\n";
  }
  out += "\r\n";
}

void append_stream_head(std::string& out, const ResponseFrame& frame, bool chunked) {
  append_status_line(out, 200);
  append_shared_headers(out, frame, "X-Accel-Buffering: no\r\n");  // proxies must not hold events back
  out += "Content-Type: text/event-stream\r\n";
  if (chunked) out += "Transfer-Encoding: chunked\r\n";
  out += "\r\n";
}

std::size_t append_chunk_head(std::string& out, std::size_t size) {
  const auto before = out.size();
  append_number(out, size, 16);
  out += "\r\n";
  return out.size() - before;
}

}  // namespace gatetorio::transport_http
