// How the end of a broker password is found out, whichever process of which hub let somebody in with it.
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/credentials.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::auth {
namespace {

using std::chrono::seconds;

const std::string kAnna(40, 'a');

struct PasswordRules : testing::PluginRules {
  explicit PasswordRules(const std::string& data_dir) : PluginRules(data_dir) {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId,
                                            [](DeviceIds) -> Result<DeviceList> { return DeviceList{{{.id = 7}}}; });
    host.load("auth");
    host.start();
  }
  Principal anna() {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", kAnna}, "bearer:");
  }
};

TEST_CASE("a broker password's end is told of, whatever the hub that let it in remembered") {
  const testing::TemporaryFolder folder;
  std::int64_t id = 0;
  {
    PasswordRules before(folder.path());
    const testing::Ask pairing{.principal = Principal{.kind = "device", .id = 7}, .body = {{"user_token", kAnna}}};
    REQUIRE(before.host.invoke("auth.authorize", pairing).is_ok());
    const Principal anna = before.anna();
    id = anna.id;
    for (int i = 0; i < 2; ++i) CHECK(before.host.invoke("auth.mqtt-credentials", {.principal = anna}).is_ok());
  }
  PasswordRules rules(folder.path());
  const auto told = [&] { return rules.host.published<CredentialsEnded>().size(); };
  rules.query(
      "UPDATE mqtt_credentials SET expires_at = $1 WHERE password_hash = (SELECT MIN(password_hash) FROM"
      " mqtt_credentials)",
      rules.host.now().us + 5 * kMicrosecondsPerSecond);
  rules.host.advance(seconds(4));
  CHECK(told() == 0);
  rules.host.fail(sql::kServiceId, {.status = Status::kUnavailable}, "SELECT DISTINCT user_id FROM mqtt_credentials",
                  1);
  rules.host.advance(seconds(3));
  REQUIRE(told() == 1);
  CHECK(rules.host.published<CredentialsEnded>().front().id == id);
  const auto left = rules.host.call<FindPasswords>(Authenticator::kId, {{id, id + 1}}, "password:user-");
  REQUIRE(left);
  REQUIRE(left->passwords.size() == 1);
  CHECK(left->passwords[0].id == id);
  rules.host.advance(seconds(10));
  CHECK(told() == 1);
}

}  // namespace
}  // namespace gatetorio::auth
