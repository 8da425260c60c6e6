#include "problem.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

namespace gatetorio::transport_http {
namespace {

namespace json = boost::json;

struct StatusText {
  unsigned status;
  std::string_view title;
  std::string_view detail;  // where nobody says anything better
};

constexpr StatusText kStatusTexts[] = {
    {200, "OK", ""},
    {201, "Created", ""},
    {202, "Accepted", ""},
    {204, "No Content", ""},
    {206, "Partial Content", ""},
    {302, "Found", ""},
    {304, "Not Modified", ""},
    {400, "Bad Request", "The request cannot be read."},
    {401, "Unauthorized", "A valid credential is needed."},
    {403, "Forbidden", "This caller may not do that."},
    {404, "Not Found", "There is nothing here for this caller."},
    {405, "Method Not Allowed", "The path does not take this method."},
    {408, "Request Timeout", "The request did not arrive in time."},
    {409, "Conflict", "The request conflicts with what is there."},
    {410, "Gone", "It has expired, was used or revoked."},
    {411, "Length Required", "The body needs a Content-Length."},
    {412, "Precondition Failed", "A condition of the request does not hold."},
    {413, "Content Too Large", "It is larger than the limit."},
    {415, "Unsupported Media Type", "The body must be application/json in UTF-8."},
    {416, "Range Not Satisfiable", "There are no such bytes."},
    {417, "Expectation Failed", "Only 100-continue can be expected."},
    {422, "Unprocessable Content", "A field is missing or out of range."},
    {429, "Too Many Requests", "Too many requests; try again later."},
    {431, "Request Header Fields Too Large", "The request head is larger than this server takes."},
    {460, "Checksum Mismatch", "What arrived is not what was announced."},
    {500, "Internal Server Error", "The hub failed to answer; its log has the reason under this request id."},
    {501, "Not Implemented", "This hub does not do that."},
    {503, "Service Unavailable", "The hub cannot do that now; try again later."},
    {504, "Gateway Timeout", "There was no answer in time; the effect is unknown."},
    {505, "HTTP Version Not Supported", "Only HTTP/1.0 and HTTP/1.1 are spoken here."},
    {507, "Insufficient Storage", "There is no room left for it."},
};

const StatusText& text_of(unsigned status) {
  const auto* found = std::find_if(std::begin(kStatusTexts), std::end(kStatusTexts),
                                   [status](const StatusText& text) { return text.status == status; });
  return found != std::end(kStatusTexts) ? *found : text_of(500);
}

Problem finish(unsigned status, const json::object& document, unsigned retry_after_s) {
  Problem problem{status, json::serialize(document), {}};
  if (status == 401) problem.headers += "WWW-Authenticate: Bearer\r\n";
  if ((status == 429 || status == 503) && retry_after_s == 0) retry_after_s = 1;
  if (retry_after_s > 0) problem.headers += "Retry-After: " + std::to_string(retry_after_s) + "\r\n";
  return problem;
}

json::object document(unsigned status, std::string_view detail) {
  const auto& text = text_of(status);
  json::object made;
  made["type"] = "about:blank";
  made["title"] = text.title;
  made["status"] = status;
  made["detail"] = detail.empty() ? text.detail : detail;
  return made;
}

}  // namespace

std::string_view status_title(unsigned status) { return text_of(status).title; }

Problem make_problem(unsigned status, std::string_view detail, unsigned retry_after_s) {
  return finish(status, document(status, detail), retry_after_s);
}

Problem problem_from(gtr_status status, std::string_view error) {
  const auto http = http_status(Status{status});
  if (http == 500) return make_problem(500, {});
  boost::system::error_code broken;
  const auto parsed = json::parse(error, broken);
  if (broken || !parsed.is_object()) return make_problem(http, {});
  const auto& given = parsed.get_object();
  std::string_view detail;
  if (const auto* text = given.if_contains("detail"); text != nullptr && text->is_string()) {
    detail = text->get_string();
  }
  auto made = document(http, detail);
  const auto* errors = given.if_contains("errors");
  if (errors != nullptr && errors->is_array() && !errors->get_array().empty()) made["errors"] = *errors;
  // None stands in the place of what every problem has.
  if (const auto* more = given.if_contains("extensions"); more != nullptr && more->is_object()) {
    for (const auto& [name, value] : more->get_object()) made.emplace(name, value);
  }
  double seconds = 0;
  if (const auto* retry = given.if_contains("retry_after_s"); retry != nullptr && retry->is_number()) {
    seconds = std::clamp(retry->to_number<double>(), 0.0, 86'400.0);
  }
  return finish(http, made, static_cast<unsigned>(seconds + 0.999));
}

}  // namespace gatetorio::transport_http
