// What only one can have, one gets: however many ask at once.
#include <barrier>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <thread>

#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

constexpr int kThreads = 16;

// How often each status came when `body(i)` was posted by all threads at once.
std::map<int, int> post_at_once(const std::string& http, const std::string& path, const std::string& bearer,
                                const std::function<JsonObject(int)>& body, int count = kThreads) {
  std::vector<int> statuses(static_cast<std::size_t>(count));
  std::barrier start(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      HttpClient client(http, bearer);
      client.root("/ready");  // the connection is there
      const JsonObject mine = body(i);
      start.arrive_and_wait();
      try {
        statuses[static_cast<std::size_t>(i)] = client.post(path, mine).status;
      } catch (const std::exception&) {
        statuses[static_cast<std::size_t>(i)] = -1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<int, int> counts;
  for (const int status : statuses) ++counts[status];
  return counts;
}

TEST_CASE("one controller id goes to one of many that ask at once") {
  HubProcess hub;
  for (int round = 0; round < 5; ++round) {
    const std::string wanted = unique("gate");
    auto counts = post_at_once(hub.http(), "/devices/register", {}, [&](int) {
      return JsonObject{{"hardware_id", unique("hw")}, {"controller_id", wanted}};
    });
    CHECK(counts[201] == 1);
    CHECK(counts[409] == kThreads - 1);
  }
}

TEST_CASE("one piece of hardware registers once however often it asks at once") {
  HubProcess hub;
  for (int round = 0; round < 5; ++round) {
    const std::string hardware_id = unique("hw");
    auto counts = post_at_once(hub.http(), "/devices/register", {}, [&](int) {
      return JsonObject{{"hardware_id", hardware_id}, {"controller_id", unique("gate")}};
    });
    CHECK(counts[201] == 1);
    CHECK(counts[401] == kThreads - 1);
  }
}

TEST_CASE("a one-use enrolment key admits one of many that use it at once") {
  HubProcess hub({.enrolment = "key"});
  for (int round = 0; round < 5; ++round) {
    const std::string key = HttpClient(hub.http(), kAdminToken).post("/admin/enrolment-keys", {}).text("enrolment_key");
    auto counts = post_at_once(hub.http(), "/devices/register", {}, [&](int) {
      return JsonObject{{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}, {"enrolment_key", key}};
    });
    CHECK(counts[201] == 1);
    CHECK(counts[403] == kThreads - 1);
  }
}

TEST_CASE("a released device gets new credentials once however often it asks at once") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const std::string key = HttpClient(hub.http(), kAdminToken)
                              .post("/admin/devices/" + device.controller_id + "/release")
                              .text("enrolment_key");
  auto counts = post_at_once(hub.http(), "/devices/register", {}, [&](int) {
    return JsonObject{
        {"hardware_id", device.hardware_id}, {"controller_id", device.controller_id}, {"enrolment_key", key}};
  });
  CHECK(counts[200] == 1);
  CHECK(counts[401] == kThreads - 1);
}

TEST_CASE("an approved claim lets one in of many that use it at once") {
  HubProcess hub({.enrolment = "approval"});
  HttpClient anyone(hub.http()), admin(hub.http(), kAdminToken);
  for (int round = 0; round < 5; ++round) {
    JsonObject body{{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}};
    body["claim_token"] = anyone.post("/devices/register", body).text("claim_token");
    const auto rows = admin.get("/admin/pending-devices").at("pending").as_array();
    REQUIRE(rows.size() == 1);
    admin.post("/admin/pending-devices/" + std::to_string(rows[0].at("pending_id").as_int64()) + "/approve");
    auto counts = post_at_once(hub.http(), "/devices/register", {}, [&](int) { return body; });
    CHECK(counts[201] == 1);
    CHECK(counts[401] == kThreads - 1);
  }
}

TEST_CASE("of many that ask for approval at once no more wait than may") {
  HubProcess hub({.enrolment = "approval", .sets = {"plugins.registration.max_pending=5"}});
  auto counts = post_at_once(hub.http(), "/devices/register", {}, [&](int) {
    return JsonObject{{"hardware_id", "the-same-hardware"}, {"controller_id", unique("gate")}};
  });
  CHECK(counts[202] == 5);
  CHECK(counts[503] == kThreads - 5);
  CHECK(ask_database(hub, "SELECT COUNT(*) FROM pending_claims") == 5);
}

TEST_CASE("one idempotency key sends one command however often it comes at once") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  const auto mqtt = go_online(hub, device);
  for (int round = 0; round < 5; ++round) {
    const std::string key = unique("key");
    auto counts = post_at_once(hub.http(), "/commands/send", user.token, [&](int) {
      return JsonObject{
          {"controller_id", device.controller_id}, {"command", {{"action", "x"}}}, {"idempotency_key", key}};
    });
    CHECK(counts[202] == kThreads);
    CHECK(mqtt->received_so_far().size() == 1);
  }
}

TEST_CASE("a sharing token goes to one of 64 who redeem it at once") {
  constexpr int kMany = 64;
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  HttpClient http(hub.http(), owner.token);
  for (std::size_t round = 1; round <= 3; ++round) {
    const std::string token = http.post("/sharing/create", {{"controller_id", device.controller_id}}).text("token");
    auto counts = post_at_once(
        hub.http(), "/sharing/redeem", {},
        [&](int) {
          return JsonObject{{"token", token}, {"user_token", unique("user-token-of-an-app")}};
        },
        kMany);
    CHECK(counts[200] == 1);
    CHECK(counts[409] == kMany - 1);
    CHECK(http.get("/devices/" + device.controller_id + "/users").at("users").as_array().size() == 1 + round);
  }
}

TEST_CASE("a token that was claimed by a hub which died before it gave the access is completed") {
  HubProcess hub;
  const TestDevice device = make_device(hub.http());
  const TestUser owner = make_user(hub.http(), device, "owner");
  const std::string token = HttpClient(hub.http(), owner.token)
                                .post("/sharing/create", {{"controller_id", device.controller_id}})
                                .text("token");
  const std::string user = unique("user-token-of-an-app"), other = unique("user-token-of-an-app");
  const auto redeem = [&](const std::string& who) {
    return HttpClient(hub.http(), who).post("/sharing/redeem", {{"token", token}}).status;
  };
  REQUIRE(redeem(user) == 200);
  // As it is between the claim and the grant.
  const auto undo = [&] {
    change_database(hub, "DELETE FROM grants WHERE source LIKE 'sharing:%'; UPDATE sharing_tokens SET used_by = NULL");
  };
  undo();
  CHECK(redeem(other) == 409);
  CHECK(redeem(user) == 200);  // the user asks again
  const std::string path = "/users/access/" + device.controller_id;
  CHECK(HttpClient(hub.http(), user).get(path).at("has_access").as_bool());
  undo();
  hub.kill();
  hub.start();  // the hub does it by itself
  CHECK(eventually([&] { return HttpClient(hub.http(), user).get(path).at("has_access").as_bool(); }));
  CHECK_FALSE(HttpClient(hub.http(), other).get(path).at("has_access").as_bool());
}

TEST_CASE("the first user of a device is the only one who becomes owner by default") {
  HubProcess hub;
  for (int round = 0; round < 5; ++round) {
    const TestDevice device = make_device(hub.http());
    auto counts = post_at_once(hub.http(), "/users/authorize", device.token, [&](int) {
      return JsonObject{{"user_token", unique("user-token-of-an-app")}};
    });
    CHECK(counts[200] == kThreads);
    const auto users =
        HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id + "/users").at("users").as_array();
    const auto owners =
        std::count_if(users.begin(), users.end(), [](const Json& user) { return user.at("access_level") == "owner"; });
    CHECK(owners == 1);
  }
}

}  // namespace
}  // namespace gatetorio::testing
