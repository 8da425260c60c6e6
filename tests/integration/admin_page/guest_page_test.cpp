// The page that a shared link opens, of a real hub in a real browser: tests/guest-page.
#include <catch2/catch_test_macros.hpp>

#include "support/paths.hpp"
#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

TEST_CASE("a guest moves a gate by a link, without an app") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http()), odd = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  give_access(hub.http(), odd, owner.token, "owner");
  const auto rename = [&](const TestDevice& gate, const char* name) {
    const HttpRequest request{.method = "PATCH",
                              .path = "/devices/" + gate.controller_id,
                              .body = boost::json::serialize(JsonObject{{"device_name", name}})};
    REQUIRE(HttpClient(hub.http(), gate.token).request(request).status == 200);
  };
  rename(device, "Main gate");
  rename(odd, "<img src=x onerror=alert(1)>");
  const auto gate = go_online(hub, device);
  REQUIRE(gate->publish(device.status, R"({"state":"CLOSED"})") == kMqttOk);
  JsonObject links;
  const auto share = [&](const char* name, const TestDevice& of, JsonObject terms) {
    terms["controller_id"] = of.controller_id;
    const HttpResponse made = HttpClient(hub.http(), owner.token).post("/sharing/create", terms);
    REQUIRE(made.status == 201);
    links[name] = made.text("token");
  };
  share("whole", device, {{"access_level", "engineer"}});
  share("reader", device, {{"access_level", "readonly"}});
  share("once", device, {{"max_uses", 1}});
  share("later", device, {{"valid_from", "2099-06-01T12:00:00Z"}});
  share("hostile", odd, {{"access_level", "readonly"}});
  const std::filesystem::path folder = std::filesystem::path(GATETORIO_SOURCE_DIR) / "tests" / "guest-page";
  const RunResult result =
      run({"/usr/bin/env", "HUB_URL=http://" + hub.http(), "CHROMIUM=" + std::string(CHROMIUM),
           "LINKS=" + boost::json::serialize(links), "node", "--test", (folder / "guest.test.mjs").string()},
          milliseconds(180'000));
  CAPTURE(result.out, result.err);
  CHECK(result.code == 0);
  // One of the whole access, one of the one use.
  CHECK(eventually([&, heard = std::size_t{0}]() mutable { return (heard += gate->received_so_far().size()) == 2; }));
}

}  // namespace
}  // namespace gatetorio::testing
