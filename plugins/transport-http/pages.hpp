// The server's own paths: /health, /ready, /metrics, /openapi.json and /docs, and what leads to that.
#pragma once

#include <string>
#include <string_view>

#include "backend.hpp"

namespace gatetorio::transport_http {

enum class Page : std::uint8_t { kHealth, kReady, kMetrics, kOpenapi, kDocs, kDocsScript, kDocsStyle, kRoot, kRedoc };
inline constexpr std::string_view kPagePaths[] = {
    "/health", "/ready", "/metrics", "/openapi.json", "/docs", "/docs/app.js", "/docs/style.css", "/", "/redoc"};

// Thread-safe after `set_openapi`.
class Pages {
 public:
  explicit Pages(Backend& backend) : backend_(backend) {}
  void set_openapi(std::string document) { openapi_ = std::move(document); }
  // Where "/" leads; empty: to /docs.
  void set_home(std::string path) { home_ = std::move(path); }
  void answer(Page page, Exchange& exchange);
  // At /admin, where no plugin has pages.
  static void answer_no_admin(Exchange& exchange);

 private:
  void answer_report(std::string_view name, Exchange& exchange, void (*show)(std::string_view, Exchange&));

  Backend& backend_;
  std::string openapi_;
  std::string home_;
};

// From the "health" report to the body of GET /health (docs/reference) and whether the hub is healthy. A fact that
// nobody stated is false.
std::string health_body(std::string_view report, bool* healthy);

}  // namespace gatetorio::transport_http
