// Who gets access to what, when things happen at once, late, or not at all. The registry is the test's.
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/grants.hpp"
#include "gatetorio/identity.hpp"
#include "gatetorio/secret.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Outcome;

const std::string kAnna = "anna-anna-anna-anna-anna-anna-anna", kBert = "bert-bert-bert-bert-bert-bert-bert";
const Principal kGate{.kind = "device", .id = 7};

struct AuthRules : testing::PluginRules {
  AuthRules() {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [this](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const Device& device : devices) {
        if (std::count(asked.ids.begin(), asked.ids.end(), device.id) > 0) found.devices.push_back(device);
      }
      return found;
    });
    host.load("auth");
    host.start();
  }

  Outcome pair(const std::string& token, boost::json::object more = {}) {
    more["user_token"] = token;
    return host.invoke("auth.authorize", {.principal = kGate, .body = std::move(more)});
  }
  Principal user(const std::string& token) {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token}, "bearer:");
  }
  // "": none.
  std::string level(const std::string& token) {
    const auto decided = host.call<AccessControl::Check>(AccessControl::kId, {user(token), "", "readonly", 7});
    return decided ? decided->access.level : "?";
  }
  Result<GrantHeld> share(const Principal& to, std::string source) {
    return host.call<GrantStore::Give>(GrantStore::kId,
                                       {.to = to, .device_id = 7, .level = "engineer", .source = std::move(source)});
  }
  Outcome remove(const Principal& by, const Principal& whom) {
    return host.invoke("auth.remove", {.principal = by,
                                       .body = {{"controller_id", "gate"}, {"user_id", whom.id}},
                                       .access = {.resource_id = 7, .resource = "gate", .level = "owner"}});
  }

  std::vector<Device> devices{{.id = 7, .controller_id = "gate"}};
};

}  // namespace

TEST_CASE_METHOD(AuthRules, "of two users that are paired at once one is the owner") {
  auto anna = host.begin("auth.authorize", {.principal = kGate, .body = {{"user_token", kAnna}}});
  auto bert = host.begin("auth.authorize", {.principal = kGate, .body = {{"user_token", kBert}}});
  CHECK(anna.take().word("access_level") == "owner");
  CHECK(bert.take().word("access_level") == "readonly");
}

}  // namespace gatetorio::auth
