#include "cors.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::transport_http {

TEST_CASE("an origin is a scheme, a host and a port, and nothing else") {
  Origins origins;
  for (const auto* good :
       {"https://app.example.org", "http://localhost:5173", "capacitor://localhost", "ionic://localhost",
        "HTTPS://Hub.Example.org:8443", "http://192.0.2.1", "http://[2001:db8::1]:80", "https://x:443"}) {
    CAPTURE(good);
    CHECK(origins.add(good) == "");
  }
  for (const auto* bad : {"", "*", "null", "app.example.org", "https://", "https://app.example.org/", "https://a/b",
                          "https://a?b", "https://u@a", "https://*.example.org", "https://a:", "https://a:x",
                          "https://a b", "https://m\xC3\xBC.de", "https://a\r\nX: y", "://a"}) {
    CAPTURE(bad);
    CHECK(origins.add(bad) != "");
  }
  for (const auto* sent : {"https://app.example.org", "http://localhost:5173", "capacitor://localhost",
                           "https://hub.example.org:8443", "http://[2001:db8::1]", "https://x"}) {
    CAPTURE(sent);
    CHECK(origins.contains(sent));
  }
  for (const auto* other :
       {"", "null", "http://app.example.org", "https://app.example.org:444", "https://app.example.org.evil",
        "https://evil/https://app.example.org", "http://localhost", "https://localhost:5173"}) {
    CAPTURE(other);
    CHECK_FALSE(origins.contains(other));
  }
}

TEST_CASE("headers that a page asks for are allowed as it wrote them, unless they could end a line") {
  Request request;
  const auto allowed = [&request](std::string_view asked) {
    const HeaderField fields[] = {{"Access-Control-Request-Headers", asked}};
    request.fields = fields;
    const auto lines = preflight_lines(request, "Known");
    const auto at = lines.find("Allow-Headers: ") + 15;
    return lines.substr(at, lines.find('\r', at) - at);
  };
  CHECK(allowed("authorization,x-app-version") == "authorization,x-app-version");
  CHECK(allowed("") == "Known");
  CHECK(allowed("a: b") == "Known");
  CHECK(allowed("a\x01") == "Known");
}

}  // namespace gatetorio::transport_http
