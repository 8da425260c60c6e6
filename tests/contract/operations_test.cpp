// Section 8: what the hub tells of itself.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "shared_hub.hpp"
#include "support/files.hpp"
#include "support/paths.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("health says what is connected and which plugins run") {
  const auto health = client().root("/health");
  CHECK(health.status == 200);
  CHECK(health.header("content-type").starts_with("application/json"));
  CHECK(health.text("status") == "healthy");
  CHECK(health.at("mqtt_connected").as_bool());
  CHECK(health.at("database_connected").as_bool());
  CHECK(run_hub({"--version"}).out == "gatetorio-hub " + health.text("version") + "\n");
  const auto plugins = health.at("plugins").as_object();
  for (const std::string& id : {shared_hub().storage(), std::string("transport-http"), std::string("transport-mqtt"),
                                std::string("registration"), std::string("auth"), std::string("commands"),
                                std::string("sharing"), std::string("file-transfer")}) {
    CAPTURE(id);
    REQUIRE(plugins.contains(id));
    CHECK(plugins.at(id) == "started");
  }
}

TEST_CASE("a hub that is ready says so") {
  const auto ready = client().root("/ready");
  CHECK(ready.status == 200);
}

TEST_CASE("metrics are Prometheus text and count what happens") {
  auto http = client();
  const auto count = [&] {
    const auto metrics = http.root("/metrics");
    CHECK(metrics.status == 200);
    CHECK(metrics.header("content-type").starts_with("text/plain"));
    const std::string series = "gatetorio_operations_total{operation=\"registration.register\",outcome=\"refused\"";
    const auto at = metrics.body.find(series);
    REQUIRE(at != std::string::npos);
    return std::strtod(metrics.body.c_str() + metrics.body.find(' ', at + series.size()), nullptr);
  };
  const double before = count();
  http.post("/devices/register", {});
  CHECK(count() == before + 1);
}

// What differs between hubs that offer the same: the version, and where they are.
JsonObject what_is_offered(const std::string& document) {
  JsonObject offered = boost::json::parse(document).as_object();
  offered.erase("info");
  offered.erase("servers");
  return offered;
}

TEST_CASE("the admin page is built with the API that the hub offers") {
  const std::filesystem::path kept = std::filesystem::path(GATETORIO_SOURCE_DIR) / "plugins/admin/web/openapi.json";
  const std::string document = client().root("/openapi.json").body;
  if (std::getenv("GATETORIO_UPDATE_GOLDEN") != nullptr) write_file(kept, document);
  INFO("GATETORIO_UPDATE_GOLDEN=1 contract_tests \"the admin page is built*\", then npm run types in its folder");
  CHECK((what_is_offered(read_file(kept)) == what_is_offered(document)));
}

TEST_CASE("the OpenAPI document has every operation of the contract") {
  const auto answer = client().root("/openapi.json");
  REQUIRE(answer.status == 200);
  const JsonObject document = answer.json();
  CHECK(std::string(document.at("openapi").as_string()).starts_with("3.1"));
  CHECK(document.at("servers").at(0).at("url") == "/api/v1");
  const auto& paths = document.at("paths").as_object();
  const std::pair<const char*, const char*> wanted[] = {{"/devices/register", "post"},
                                                        {"/devices/{controller_id}", "get"},
                                                        {"/devices/{controller_id}", "patch"},
                                                        {"/devices/{controller_id}", "delete"},
                                                        {"/devices/{controller_id}/heartbeat", "post"},
                                                        {"/users/authorize", "post"},
                                                        {"/users/discover", "post"},
                                                        {"/users/me/devices", "get"},
                                                        {"/users/access/{controller_id}", "get"},
                                                        {"/devices/{controller_id}/users", "get"},
                                                        {"/devices/{controller_id}/users/{user_id}", "delete"},
                                                        {"/users/mqtt-credentials", "post"},
                                                        {"/commands/send", "post"},
                                                        {"/commands/{command_id}", "get"},
                                                        {"/commands/status/{controller_id}", "get"},
                                                        {"/devices/{controller_id}/events", "get"},
                                                        {"/files/{controller_id}", "post"},
                                                        {"/files/{controller_id}", "get"},
                                                        {"/files/{controller_id}/{file_id}", "get"},
                                                        {"/files/{controller_id}/{file_id}", "delete"},
                                                        {"/uploads/{file_id}", "patch"},
                                                        {"/uploads/{file_id}", "put"},
                                                        {"/downloads/{file_id}", "get"},
                                                        {"/sharing/create", "post"},
                                                        {"/sharing/redeem", "post"},
                                                        {"/sharing/tokens/{controller_id}", "get"},
                                                        {"/sharing/tokens/{token_id}", "delete"},
                                                        {"/sharing/tokens/{token_id}/qr", "get"}};
  for (const auto& [path, method] : wanted) {
    CAPTURE(path, method);
    const Json* found = paths.if_contains(path);
    REQUIRE(found != nullptr);
    REQUIRE(found->as_object().contains(method));
    CHECK_FALSE(found->at(method).at("responses").as_object().empty());
  }
}

TEST_CASE("the documentation page loads nothing from elsewhere") {
  const auto page = client().root("/docs");
  CHECK(page.status == 200);
  CHECK(page.header("content-type").starts_with("text/html"));
  CHECK_FALSE(page.header("content-security-policy").empty());
  for (const char* foreign : {"src=\"http", "href=\"http", "src=\"//", "@import"}) {
    CHECK(page.body.find(foreign) == std::string::npos);
  }
}

TEST_CASE("the limits on how often one may ask hold") {
  HubProcess hub(
      {.sets = {"plugins.transport-http.rate_limit=true", "plugins.transport-http.rate_limit_address_burst=20",
                "plugins.transport-http.rate_limit_address_per_second=1"}});
  HttpClient http(hub.http());
  int limited = 0;
  for (int i = 0; i < 40; ++i) {
    const auto answer = http.get("/users/me/devices");
    if (answer.status != 429) continue;
    ++limited;
    CHECK(std::stoi(answer.header("retry-after")) >= 1);
  }
  CHECK(limited >= 15);
}

}  // namespace
}  // namespace gatetorio::testing
