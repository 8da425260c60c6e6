#include "pages.hpp"

#include <boost/json.hpp>

#include "docs_page.hpp"
#include "problem.hpp"

namespace gatetorio::transport_http {
namespace {

namespace json = boost::json;

constexpr std::string_view kJson = "application/json";

bool flag(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

json::object read_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  return error || !value.is_object() ? json::object() : std::move(value.get_object());
}

void show_health(std::string_view report, Exchange& exchange) {
  bool healthy = false;
  const auto body = health_body(report, &healthy);
  exchange.respond({healthy ? 200u : 503u, kJson, body, healthy ? "" : "Retry-After: 1\r\n"});
}

void show_ready(std::string_view report, Exchange& exchange) {
  if (flag(read_object(report), "ready")) return exchange.respond({200, kJson, R"({"ready":true})", {}});
  exchange.respond({503, kJson, R"({"ready":false})", "Retry-After: 1\r\n"});
}

void show_metrics(std::string_view report, Exchange& exchange) {
  exchange.respond({200, "text/plain; version=0.0.4; charset=utf-8", report, {}});
}

void show_file(const StaticFile& file, Exchange& exchange) {
  exchange.respond({200, file.content_type, file.content, kDocsHeaders});
}

}  // namespace

std::string health_body(std::string_view report, bool* healthy) {
  const auto given = read_object(report);
  *healthy = flag(given, "healthy");
  json::object facts;
  if (const auto* stated = given.if_contains("facts"); stated != nullptr && stated->is_object()) {
    facts = stated->get_object();
  }
  const auto text = [&given](std::string_view key, std::string_view otherwise) {
    const auto* value = given.if_contains(key);
    return value != nullptr && value->is_string() ? json::value(*value) : json::value(otherwise);
  };
  json::object body{{"status", text("status", *healthy ? "healthy" : "degraded")},
                    {"mqtt_connected", flag(facts, "mqtt_connected")},
                    {"database_connected", flag(facts, "database_connected")},
                    {"version", text("version", "")}};
  for (const auto& [name, value] : facts) body.emplace(name, value);
  const auto* plugins = given.if_contains("plugins");
  body["plugins"] = plugins != nullptr && plugins->is_object() ? *plugins : json::value(json::object());
  return json::serialize(body);
}

void Pages::answer(Page page, Exchange& exchange) {
  switch (page) {
    case Page::kHealth:
      return answer_report("health", exchange, show_health);
    case Page::kReady:
      return answer_report("health", exchange, show_ready);
    case Page::kMetrics:
      return answer_report("metrics", exchange, show_metrics);
    case Page::kOpenapi:
      return exchange.respond({200, kJson, openapi_, {}});
    case Page::kDocs:
      return show_file(docs_html(), exchange);
    case Page::kDocsScript:
      return show_file(docs_script(), exchange);
    case Page::kDocsStyle:
      return show_file(docs_style(), exchange);
    case Page::kRoot:
      if (home_.empty()) return exchange.respond({302, {}, {}, "Location: /docs\r\n"});
      return exchange.respond({302, {}, {}, "Location: " + home_ + "\r\n"});
    case Page::kRedoc:  // where FastAPI has its second page
      return exchange.respond({302, {}, {}, "Location: /docs\r\n"});
  }
}

void Pages::answer_no_admin(Exchange& exchange) {
  constexpr std::string_view kText =
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>No admin page</title>\n"
      "<h1>This hub has no admin page</h1>\n"
      "<p>Add <code>\"admin\"</code> to <code>hub.plugins</code> in the hub's configuration file and restart it. A hub "
      "that "
      "was built without Node.js has the admin's API, but not its page.</p>\n"
      "<p>What this hub offers: <a href=\"/docs\">/docs</a></p></html>\n";
  exchange.respond({200, "text/html; charset=utf-8", kText, kDocsHeaders});
}

void Pages::answer_report(std::string_view name, Exchange& exchange, void (*show)(std::string_view, Exchange&)) {
  backend_.report(name, [&exchange, show](gtr_status status, std::string_view report) {
    if (status < GTR_FIRST_ERROR) return show(report, exchange);
    const auto problem = problem_from(status, report);
    exchange.respond({problem.status, kProblemType, problem.body, problem.headers});
  });
}

}  // namespace gatetorio::transport_http
