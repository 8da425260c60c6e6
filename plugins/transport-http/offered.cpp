#include "offered.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "content_range.hpp"
#include "declaration.hpp"
#include "ignoring_case.hpp"

namespace gatetorio::transport_http {
namespace {

namespace json = boost::json;

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

// True where the body begins as a JSON object does.
bool begins_object(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

}  // namespace

Offered offered_from(const json::object& declaration) {
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

std::string Offered::lines_of(const gtr_reply& reply) const {
  std::string lines;
  for (std::uint32_t i = 0; i < reply.header_count; ++i) {
    const auto name = to_view(reply.headers[i].name), value = to_view(reply.headers[i].value);
    const bool is_known = std::find(response_headers.begin(), response_headers.end(), name) != response_headers.end();
    if (is_header_text(value) && is_known) lines.append(name).append(": ").append(value).append("\r\n");
  }
  return lines;
}

std::optional<Problem> Offered::body_problem(const Request& request) const {
  const bool has_body = !request.body.empty() || (stream_body && (request.chunked || request.content_length > 0));
  const auto coding = request.header("Content-Encoding");
  if (has_body && !coding.empty() && !same(coding, "identity")) {
    auto problem = make_problem(415, "The body must not be compressed: Content-Encoding is not taken here.");
    problem.headers += "Accept-Encoding: identity\r\n";  // RFC 9110 section 12.5.3: this is what was wrong
    return problem;
  }
  if (stream_body) {
    if (body_types.empty() || is_one_of(request.content_type, body_types)) return std::nullopt;
    return make_problem(415, "The body must be " + body_types.front() + ".");
  }
  if (!has_body || is_json_type(request.content_type)) return std::nullopt;
  if (form && is_form_type(request.content_type)) return std::nullopt;
  if (!request.content_type.empty()) return make_problem(415, "The body must be application/json in UTF-8.");
  // Without a type one may look (RFC 9110 section 8.3), as the server that this hub replaces did. Not for a web page:
  // it could send such a body to any hub that it can reach, and would not be asked for its origin first.
  if (request.origin.empty() && begins_object(request.body)) return std::nullopt;
  return make_problem(415, "The body has no Content-Type; it must be application/json in UTF-8.");
}

}  // namespace gatetorio::transport_http
