// Who says to be asking: the credential that a request carries.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "request.hpp"

namespace gatetorio::transport_http {

// As abi/operation.h means it. Views into the request.
struct RequestCredential {
  std::string_view scheme;  // "bearer", "cookie" (of a request that may change something), "cookie-read" or empty
  std::string_view name;    // cookie: the CSRF token that came with it
  std::string_view secret;
};

// The browser sends the second one over TLS alone, and nobody but this host can have set it (RFC 6265bis
// section 4.1.3).
inline constexpr std::string_view kSessionCookies[] = {"__Host-gatetorio_session", "gatetorio_session"};

// "Authorization: Bearer …" wins over the session cookie. Another scheme counts as no credential.
RequestCredential read_credential(const Request& request);

// "Authorization: Basic …" (RFC 7617) as "name:password"; nothing where there is none or it cannot be read. It is a
// credential only for operations that say so.
std::optional<std::string> read_basic(const Request& request);

// A text of a JSON body that is the bearer credential where none came with the head; nothing where there is none.
std::optional<std::string> read_body_credential(std::string_view body, std::string_view field);

// False for a write with a session cookie whose Origin is another site: a forged form, whatever token it carries.
bool is_same_origin(const Request& request);

}  // namespace gatetorio::transport_http
