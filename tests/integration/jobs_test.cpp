// Jobs of hubs that share a PostgreSQL, one of which is killed in the middle.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "support/people.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {
namespace {

constexpr milliseconds kTakeOver{60'000};  // a lease is silent for 15 s first

HubSetup on(const std::string& url) { return {.storage = "storage-postgres", .database_url = url}; }

std::string path_of_access(const TestDevice& device) { return "/users/access/" + device.controller_id; }

struct SharedToken {
  explicit SharedToken(const HubProcess& hub)
      : device(make_device(hub.http())), owner(make_user(hub.http(), device, "owner")) {
    token = HttpClient(hub.http(), owner.token)
                .post("/sharing/create", {{"controller_id", device.controller_id}})
                .text("token");
  }
  bool has_access(const HubProcess& hub) const {
    return HttpClient(hub.http(), user).get(path_of_access(device)).at("has_access").as_bool();
  }

  TestDevice device;
  TestUser owner;
  std::string token;
  std::string user = unique("user-token-of-an-app");
};

}  // namespace

TEST_CASE("what a killed hub has claimed and not given is given by the other one") {
  PostgresServer server;
  const std::string url = server.url(server.make_database());
  HubProcess first(on(url)), second(on(url));
  const SharedToken shared(first);
  auto locked = hold_in_postgres(url, "LOCK TABLE grants IN EXCLUSIVE MODE");
  std::thread redeeming([&] {
    try {
      HttpClient(first.http(), shared.user).post("/sharing/redeem", {{"token", shared.token}});
    } catch (const std::exception&) {  // the hub was killed
    }
  });
  const bool is_claimed = eventually(
      [&] { return ask_postgres(url, "SELECT count(*) FROM sharing_tokens WHERE claimed_at IS NOT NULL") == "1"; });
  const std::string put_in = ask_postgres(url, "SELECT count(*) FROM gatetorio_jobs WHERE kind = 'finish-claim'");
  first.kill();
  redeeming.join();
  ask_postgres(url, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
  locked.reset();
  REQUIRE(is_claimed);
  CHECK(put_in == "1");
  CHECK(eventually([&] { return shared.has_access(second); }, kTakeOver));
  CHECK(eventually([&] { return ask_postgres(url, "SELECT count(*) FROM gatetorio_jobs") == "0"; }));
  CHECK(ask_postgres(url, "SELECT count(*) FROM grants WHERE source LIKE 'sharing:%'") == "1");
}

TEST_CASE("a job that a killed hub was doing is taken over when its lease ends, and not before") {
  PostgresServer server;
  const std::string url = server.url(server.make_database());
  HubProcess first(on(url));
  const SharedToken shared(first);
  REQUIRE(HttpClient(first.http(), shared.user).post("/sharing/redeem", {{"token", shared.token}}).status == 200);
  auto locked = hold_in_postgres(url, "LOCK TABLE grants IN EXCLUSIVE MODE");
  ask_postgres(url, "UPDATE sharing_tokens SET used_by = NULL");
  ask_postgres(
      url,
      "INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts, owner, lease,"
      " error) SELECT 'sharing', 'finish-claim', id::text, '', 1, 1, 1, 0, '', 0, '' FROM sharing_tokens");
  const std::string of_owner = "SELECT owner FROM gatetorio_jobs";
  REQUIRE(eventually([&] { return !ask_postgres(url, of_owner).empty(); }));
  const std::string owner = ask_postgres(url, of_owner);
  first.kill();
  HubProcess second(on(url));
  CHECK(ask_postgres(url, of_owner) == owner);
  locked.reset();
  const auto passed = time_of([&] {
    CHECK(eventually([&] { return ask_postgres(url, "SELECT count(*) FROM gatetorio_jobs") == "0"; }, kTakeOver));
  });
  CHECK(passed > milliseconds(5'000));
  CHECK(shared.has_access(second));
}

TEST_CASE("of thousands of jobs none is lost when one of two hubs is killed") {
  PostgresServer server;
  const std::string url = server.url(server.make_database());
  HubProcess first(on(url)), second(on(url));
  // Of tokens that are not there: nothing is left to do for them, but to say so.
  ask_postgres(
      url,
      "INSERT INTO gatetorio_jobs (plugin, kind, key, payload, version, due_at, set_at, attempts, owner, lease,"
      " error) SELECT 'sharing', 'finish-claim', (1000 + i)::text, '', 1, i, i, 0, '', 0, ''"
      " FROM generate_series(1, 2000) AS i");
  const auto left = [&] { return std::stoi(ask_postgres(url, "SELECT count(*) FROM gatetorio_jobs")); };
  REQUIRE(eventually([&] { return left() < 1'900; }));
  first.kill();
  CHECK(eventually([&] { return left() == 0; }, 2 * kTakeOver));
  CHECK(second.is_running());
}

}  // namespace gatetorio::testing
