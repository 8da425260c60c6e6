// What admins see of users and grants, and the end of a user. The registry is the test's.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "gatetorio/grants.hpp"
#include "support/plugin_rules.hpp"

namespace gatetorio::auth {
namespace {

using boost::json::object;
using std::chrono::hours;
using testing::Ask;
using testing::Moments;
using testing::Outcome;
using Words = std::vector<std::string>;

const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};

std::string token_of(char letter) { return std::string(40, letter); }

struct UserRules : testing::PluginRules {
  UserRules() {
    host.provide<DeviceRegistry::FindByIds>(DeviceRegistry::kId, [](DeviceIds asked) -> Result<DeviceList> {
      DeviceList found;
      for (const std::int64_t id : asked.ids) {
        if (id < 100) found.devices.push_back({.id = id, .controller_id = "gate-" + std::to_string(id)});
      }
      return found;
    });
    host.provide<DeviceRegistry::FindByName>(DeviceRegistry::kId, [](DeviceName name) -> Result<Device> {
      if (name.controller_id == "gate-7") return Device{.id = 7, .controller_id = "gate-7"};
      return Error{.status = Status::kNotFound, .detail = "There is no such device."};
    });
    host.load("auth");
    host.start();
  }
  ~UserRules() { host.stop(); }

  static Ask pairing(char who, std::int64_t device, object more = {}) {
    more["user_token"] = token_of(who);
    return {.principal = Principal{.kind = "device", .id = device}, .body = std::move(more)};
  }
  std::int64_t pair(char who, std::int64_t device, object more = {}) {
    return host.invoke("auth.authorize", pairing(who, device, std::move(more))).number("user_id");
  }
  Outcome users(object input = {}) {
    return host.invoke("auth.all-users", {.principal = kAdmin, .body = std::move(input)});
  }
  std::vector<std::int64_t> ids(object input = {}) {
    std::vector<std::int64_t> list;
    const Outcome answer = users(std::move(input));
    for (const auto& each : answer.body.at("users").as_array()) {
      list.push_back(each.at("user_id").as_int64());
    }
    return list;
  }
  Outcome grants(object input = {}) {
    return host.invoke("auth.all-grants", {.principal = kAdmin, .body = std::move(input)});
  }
  // "<device>:<user>" of each.
  Words pairs(object input = {}) {
    Words list;
    const Outcome answer = grants(std::move(input));
    for (const auto& each : answer.body.at("grants").as_array()) {
      list.push_back(std::to_string(each.at("device_id").as_int64()) + ":" +
                     std::to_string(each.at("user_id").as_int64()));
    }
    return list;
  }
  Ask removing(std::int64_t id) { return {.principal = kAdmin, .body = {{"user_id", id}}}; }
  Principal user(char who) {
    return *host.call<Authenticator::Authenticate>(Authenticator::kId, {"bearer", "", token_of(who)}, "bearer:");
  }
  std::string level(const Principal& who) {
    return host.call<AccessControl::Check>(AccessControl::kId, {who, "", "readonly", 7})->access.level;
  }
};

}  // namespace

TEST_CASE_METHOD(UserRules, "users are listed with what devices call them and how many they reach") {
  const std::int64_t anna = pair('a', 7, {{"name", "Anna"}}), bert = pair('b', 7, {{"name", "Bert 50%"}});
  pair('a', 8, {{"name", "Anna's phone"}});
  pair('a', 9, {{"name", "Anna"}, {"expires_in_hours", 1}});
  CHECK(ids() == std::vector{bert, anna});
  CHECK(ids({{"sort", "user_id"}}) == std::vector{anna, bert});
  CHECK(ids({{"query", "PHONE"}}) == std::vector{anna});
  CHECK(ids({{"query", "0%"}}) == std::vector{bert});
  CHECK(ids({{"query", std::to_string(bert)}}) == std::vector{bert});
  const auto first = [this] { return users({{"query", "anna"}}).body.at("users").as_array().at(0).as_object(); };
  CHECK(boost::json::serialize(first().at("names")) == R"(["Anna","Anna's phone"])");
  CHECK(first().at("devices").as_int64() == 3);
  CHECK(first().at("last_seen").is_null());
  host.leap(hours(2));
  CHECK(first().at("devices").as_int64() == 2);
  CHECK(users().text.find(token_of('a')) == std::string::npos);
}

TEST_CASE("a user that an admin removes has nothing any more, at whatever moment it is given something") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    UserRules rules;
    const std::int64_t anna = rules.pair('a', 7);
    rules.pair('a', 8);
    rules.pair('b', 7);
    const Principal before = rules.user('a');
    auto pairing = moments.begin(rules.host, "auth.authorize", UserRules::pairing('a', 7));
    CHECK(rules.host.invoke("auth.remove-user", rules.removing(anna)).is_ok());
    CHECK(rules.level(before).empty());
    rules.host.release();
    pairing.take();
    CHECK(rules.level(before).empty());
    CHECK(rules.pairs({{"user_id", anna}}).empty());
    CHECK(rules.audited("user.delete") == 1);
    const auto told = rules.host.published<AccessChanged>();
    CHECK(std::any_of(told.begin(), told.end(), [&](const AccessChanged& event) { return event.id == anna; }));
    CHECK(rules.host.invoke("auth.remove-user", rules.removing(anna)).status == Status::kNotFound);
  }
}

TEST_CASE("a user that is removed while it fetches a broker password gets none that opens anything") {
  for (Moments moments; moments.next();) {
    INFO(moments.number());
    UserRules rules;
    const std::int64_t anna = rules.pair('a', 7);
    const Principal before = rules.user('a');
    auto fetching = moments.begin(rules.host, "auth.mqtt-credentials", {.principal = before});
    CHECK(rules.host.invoke("auth.remove-user", rules.removing(anna)).is_ok());
    rules.host.release();
    const Outcome fetched = fetching.take();
    CHECK((fetched.is_ok() || fetched.status == Status::kForbidden));
    CHECK(rules.count("SELECT COUNT(*) FROM mqtt_credentials") == 0);
  }
}

TEST_CASE_METHOD(UserRules, "grants are listed by device, user, level and source, those that have ended too") {
  const std::int64_t anna = pair('a', 7, {{"access_level", "owner"}, {"name", "Anna"}});
  const std::int64_t bert = pair('b', 7, {{"access_level", "engineer"}, {"expires_in_hours", 1}});
  pair('a', 8, {{"access_level", "readonly"}});
  pair('a', 100);
  const auto pair_of = [](std::int64_t device, std::int64_t user) {
    return std::to_string(device) + ":" + std::to_string(user);
  };
  host.leap(hours(2));
  CHECK(pairs() == Words{pair_of(7, anna), pair_of(7, bert), pair_of(8, anna), pair_of(100, anna)});
  CHECK(pairs({{"controller_id", "gate-7"}}) == Words{pair_of(7, anna), pair_of(7, bert)});
  CHECK(pairs({{"controller_id", "nobody"}}).empty());
  CHECK(pairs({{"user_id", bert}}) == Words{pair_of(7, bert)});
  CHECK(pairs({{"level", "readonly"}}) == Words{pair_of(8, anna)});
  CHECK(pairs({{"source", "sharing:1"}}).empty());
  CHECK(grants({{"source", "pairing"}}).number("total") == 4);
  const auto list = grants().body.at("grants").as_array();
  CHECK(list.at(0).at("name") == "Anna");
  CHECK(list.at(0).at("controller_id") == "gate-7");
  CHECK(list.at(0).at("expires_at").is_null());
  CHECK_FALSE(list.at(1).at("expires_at").is_null());
  CHECK(list.at(3).at("controller_id").is_null());
}

TEST_CASE_METHOD(UserRules, "pages of users and grants show each once, while others come and go") {
  std::set<std::int64_t> stays;
  std::vector<std::int64_t> goes;
  for (char who = 'a'; who <= 'i'; ++who) {
    const std::int64_t id = pair(who, 7);
    who % 3 == 0 ? goes.push_back(id) : void(stays.insert(id));
  }
  for (const std::string sort : {"-created_at", "created_at", "user_id", "last_seen"}) {
    CAPTURE(sort);
    std::multiset<std::int64_t> seen;
    object input{{"limit", 2}, {"sort", sort}};
    char next_new = 'j';
    while (true) {
      const Outcome page = users(input);
      REQUIRE(page.is_ok());
      for (const auto& each : page.body.at("users").as_array()) seen.insert(each.at("user_id").as_int64());
      if (page.body.at("next_cursor").is_null() || next_new > 'z') break;
      input["cursor"] = page.body.at("next_cursor");
      pair(next_new++, 8);
      if (goes.empty()) continue;
      host.invoke("auth.remove-user", removing(goes.back()));
      goes.pop_back();
    }
    for (const std::int64_t id : seen) CHECK(seen.count(id) == 1);
    for (const std::int64_t id : stays) CHECK(seen.count(id) == 1);
  }
  Words walked;
  object input{{"limit", 1}, {"controller_id", "gate-7"}};
  while (true) {
    const Outcome page = grants(input);
    for (const auto& each : page.body.at("grants").as_array()) {
      walked.push_back(std::to_string(each.at("user_id").as_int64()));
    }
    if (page.body.at("next_cursor").is_null()) break;
    input["cursor"] = page.body.at("next_cursor");
  }
  CHECK(walked.size() == stays.size() + goes.size());
}

}  // namespace gatetorio::auth
