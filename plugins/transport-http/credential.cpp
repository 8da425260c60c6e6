#include "credential.hpp"

#include <boost/beast/core/string.hpp>

namespace gatetorio::transport_http {

RequestCredential read_credential(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const auto authorization = request.authorization;
  if (authorization.size() > kBearer.size() &&
      boost::beast::iequals(authorization.substr(0, kBearer.size()), kBearer)) {
    auto token = authorization.substr(kBearer.size());
    while (token.starts_with(' ')) token.remove_prefix(1);
    return {"bearer", {}, token};
  }
  const auto session = cookie_value(request.cookie, kSessionCookie);
  if (session.empty()) return {};
  return {"cookie", request.csrf_token, session};
}

bool is_same_origin(const Request& request) {
  const bool reads = request.method == Method::kGet || request.method == Method::kHead;
  if (reads || request.origin.empty()) return true;  // no Origin: no browser that would send one
  const auto host = request.origin.find("://");
  return host != std::string_view::npos && boost::beast::iequals(request.origin.substr(host + 3), request.host);
}

}  // namespace gatetorio::transport_http
