// The page at /docs: static files that render /openapi.json in a browser.
#pragma once

#include <string_view>

namespace gatetorio::transport_http {

struct StaticFile {
  std::string_view content_type;
  std::string_view content;
};

StaticFile docs_html();
StaticFile docs_script();
StaticFile docs_style();

// Nothing but the files above, and no inline script.
inline constexpr std::string_view kDocsHeaders =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";

}  // namespace gatetorio::transport_http
