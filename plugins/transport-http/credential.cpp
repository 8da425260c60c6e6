#include "credential.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gatetorio/encoding.hpp>

#include "ignoring_case.hpp"

namespace gatetorio::transport_http {
namespace {

// What follows the scheme in the Authorization header; empty where it has another.
std::string_view authorization_of(const Request& request, std::string_view scheme) {
  auto rest = request.authorization;
  if (rest.size() <= scheme.size() || rest[scheme.size()] != ' ') return {};
  if (!equals_ignoring_case(rest.substr(0, scheme.size()), scheme)) return {};
  rest.remove_prefix(scheme.size());
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return rest;
}

// A request whose method only reads, and that is not to be taken for another one.
bool reads(const Request& request) {
  const bool is_plain = request.header("X-HTTP-Method-Override").empty();
  return is_plain && (request.method == Method::kGet || request.method == Method::kHead);
}

}  // namespace

std::optional<std::string> read_basic(const Request& request) {
  const auto encoded = authorization_of(request, "Basic");
  std::optional<std::string> pair = from_base64(encoded);
  if (!pair || pair->find(':') == std::string::npos) return std::nullopt;
  return pair;
}

RequestCredential read_credential(const Request& request) {
  if (const auto token = authorization_of(request, "Bearer"); !token.empty()) return {"bearer", {}, token};
  for (const auto cookie : kSessionCookies) {
    auto session = cookie_value(request.cookie, cookie);
    // A proxy that speaks HTTP/2 to the browser may hand its cookies on one by one.
    for (auto field = request.fields.begin(); session.empty() && field != request.fields.end(); ++field) {
      if (equals_ignoring_case(field->first, "Cookie")) session = cookie_value(field->second, cookie);
    }
    if (!session.empty()) return {reads(request) ? "cookie-read" : "cookie", request.csrf_token, session};
  }
  return {};
}

std::optional<std::string> read_body_credential(std::string_view body, std::string_view field) {
  unsigned char buffer[2048];
  boost::json::monotonic_resource memory(buffer, sizeof buffer);
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(body, wrong, &memory);
  const auto* object = wrong ? nullptr : parsed.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(field);
  if (member == nullptr || !member->is_string() || member->get_string().empty()) return std::nullopt;
  return std::string(member->get_string());
}

bool is_same_origin(const Request& request) {
  if (reads(request) || request.origin.empty()) return true;  // no Origin: no browser that would send one
  const auto host = request.origin.find("://");
  return host != std::string_view::npos && equals_ignoring_case(request.origin.substr(host + 3), request.host);
}

}  // namespace gatetorio::transport_http
