// What admins see of the tokens of all devices. Sharing and auth, on real storage; the registry is the test's.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/devices.hpp"
#include "gatetorio/identity.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::sharing {
namespace {

using boost::json::object;
using std::chrono::hours;
using testing::Outcome;
using Words = std::vector<std::string>;

const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};
const std::string kOwner(40, 'o'), kGuest(40, 'g');

struct TokenRules : testing::PluginRules {
  TokenRules() {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const std::int64_t id : asked.ids) {
        if (id < 9) found.devices.push_back({.id = id, .controller_id = "gate-" + std::to_string(id)});
      }
      return found;
    });
    host.provide<DeviceRegistry::FindByName>(DeviceRegistry::kId, [](DeviceName name) -> Result<Device> {
      if (name.controller_id == "gate-7") return Device{.id = 7, .controller_id = "gate-7"};
      return Error{.status = Status::kNotFound, .detail = "There is no such device."};
    });
    host.load("auth");
    host.load("sharing");
    host.start();
    for (const std::int64_t device : {7, 8, 9}) {
      host.invoke("auth.authorize", {.principal = Principal{.kind = "device", .id = device},
                                     .body = {{"user_token", kOwner}, {"access_level", "owner"}}});
    }
  }
  ~TokenRules() { host.stop(); }

  Principal user(const std::string& token) {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token}, "bearer:");
  }
  Outcome offer(std::int64_t device, std::int64_t expires_in_hours = 24) {
    return host.invoke("sharing.create",
                       {.principal = user(kOwner),
                        .body = {{"controller_id", "gate"}, {"expires_in_hours", expires_in_hours}, {"notes", "n"}},
                        .access = {.resource_id = device, .resource = "gate", .level = "owner"}});
  }
  void revoke(const Outcome& token) {
    host.invoke("sharing.revoke", {.principal = kAdmin, .body = {{"token_id", token.number("token_id")}}});
  }
  void redeem(const Outcome& token) {
    host.invoke("sharing.redeem", {.principal = user(kGuest), .body = {{"token", token.word("token")}}});
  }
  Outcome list(object input = {}) {
    return host.invoke("sharing.all-tokens", {.principal = kAdmin, .body = std::move(input)});
  }
  std::vector<std::int64_t> ids(object input = {}) {
    std::vector<std::int64_t> list_of;
    const Outcome answer = list(std::move(input));
    for (const auto& each : answer.body.at("tokens").as_array()) {
      list_of.push_back(each.at("token_id").as_int64());
    }
    return list_of;
  }
};

}  // namespace

TEST_CASE_METHOD(TokenRules, "tokens of all devices are listed by device and state, the newest first") {
  const Outcome open = offer(7), used = offer(7), ended = offer(8, 1), revoked = offer(8), both = offer(7);
  redeem(used);
  revoke(revoked);
  redeem(both);
  revoke(both);
  host.leap(hours(2));
  const auto id = [](const Outcome& token) { return token.number("token_id"); };
  using Ids = std::vector<std::int64_t>;
  CHECK(ids() == Ids{id(both), id(revoked), id(ended), id(used), id(open)});
  CHECK(ids({{"controller_id", "gate-7"}}) == Ids{id(both), id(used), id(open)});
  CHECK(ids({{"controller_id", "nobody"}}).empty());
  CHECK(ids({{"state", "open"}}) == Ids{id(open)});
  CHECK(ids({{"state", "used"}}) == Ids{id(used)});
  CHECK(ids({{"state", "expired"}}) == Ids{id(ended)});
  CHECK(ids({{"state", "revoked"}}) == Ids{id(both), id(revoked)});
  CHECK(list({{"state", "lost"}}).error().fields.at(0).pointer == "/state");
}

TEST_CASE_METHOD(TokenRules, "a token is shown by its beginning alone, with whose it is and for what") {
  const Outcome made = offer(7);
  offer(9);
  const auto tokens = list().body.at("tokens").as_array();
  const object& entry = tokens.at(1).as_object();
  CHECK(std::string(entry.at("token").as_string()) == made.word("token").substr(0, 8) + "\u2026");
  CHECK(list().text.find(made.word("token")) == std::string::npos);
  CHECK(std::string(entry.at("created_by").as_string()) == "user:" + std::to_string(user(kOwner).id));
  CHECK(entry.at("controller_id") == "gate-7");
  CHECK(tokens.at(0).at("controller_id").is_null());
}

TEST_CASE_METHOD(TokenRules, "pages of tokens show each once, while others are made") {
  std::set<std::int64_t> all;
  for (int i = 0; i < 7; ++i) all.insert(offer(7).number("token_id"));
  std::multiset<std::int64_t> seen;
  object input{{"limit", 3}};
  while (true) {
    const Outcome page = list(input);
    CHECK(page.number("total") == 7);
    for (const auto& each : page.body.at("tokens").as_array()) seen.insert(each.at("token_id").as_int64());
    if (page.body.at("next_cursor").is_null()) break;
    input["cursor"] = page.body.at("next_cursor");
    offer(8);
  }
  CHECK(seen == std::multiset<std::int64_t>(all.begin(), all.end()));
}

}  // namespace gatetorio::sharing
