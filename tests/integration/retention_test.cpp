// What only grows is deleted when it is old, a few rows at a time; what lives stays, and so does all that a wrong clock
// condemns.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "support/people.hpp"
#include "support/postgres_server.hpp"
#include "support/shifted_clock.hpp"

namespace gatetorio::testing {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

std::string now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

std::string ago(std::int64_t days) { return "(" + now_us() + " - " + std::to_string(days * kDayUs) + ")"; }

// `first` to `last`, as rows "i" for an INSERT.
std::string series(int first, int last) {
  return "WITH RECURSIVE k(i) AS (SELECT " + std::to_string(first) + " UNION ALL SELECT i + 1 FROM k WHERE i < " +
         std::to_string(last) + ") ";
}

void add_entries(const HubProcess& hub, int count, const std::string& at) {
  change_database(hub, series(1, count) +
                           "INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, "
                           "request_id) SELECT " +
                           at + ", 'test', '', 'test.old', '', 'ok', '', '' FROM k");
}

void add_commands(const HubProcess& hub, const std::string& name, int count, const std::string& ended,
                  const std::string& key = "NULL") {
  change_database(hub, series(1, count) +
                           "INSERT INTO commands (id, device_id, sender_kind, sender_id, command, state, "
                           "idempotency_key, issued_at, expires_at, updated_at) SELECT '" +
                           name + "-' || i, 1, 'user', 1, '{}', 'sent', " + key + ", " + ended + " + i, " + ended +
                           " + i, " + ended + " FROM k");
}

void add_token(const HubProcess& hub, int number, const std::string& claim) {
  const std::string hash = hub.storage() == "storage-postgres" ? "'\\x0" + std::to_string(number) + "'::bytea"
                                                               : "x'0" + std::to_string(number) + "'";
  change_database(hub,
                  "INSERT INTO sharing_tokens (device_id, creator_id, secret_hash, shown, access_level, notes, "
                  "created_at, expires_at, claimed_at, used_by, access_expires_at, is_access_taken) VALUES (1, 1, " +
                      hash + ", 'gts_', 'engineer', '', 1, 2, " + claim + ")");
  change_database(hub,
                  "INSERT INTO sharing_secrets (secret_hash, token_id) SELECT secret_hash, id FROM sharing_tokens "
                  "WHERE secret_hash = " +
                      hash);
}

std::int64_t count(const HubProcess& hub, const std::string& what) {
  return ask_database(hub, "SELECT count(*) FROM " + what);
}

HubSetup setup_of(const std::string& storage, const PostgresServer* server, const std::string& database) {
  HubSetup setup{.storage = storage};
  const std::string grace = "retention_grace_minutes=0";
  for (const char* plugin : {"commands", "auth", "sharing", "registration"}) {
    setup.sets.push_back("plugins." + std::string(plugin) + "." + grace);
  }
  setup.sets.push_back("plugins." + storage + "." + grace);
  if (server != nullptr) setup.database_url = server->url(database);
  return setup;
}

TEST_CASE("what has ended long ago is deleted, and what lives stays") {
  const std::string storage = GENERATE("storage-sqlite", "storage-postgres");
  CAPTURE(storage);
  HubSetup setup = setup_of(storage, nullptr, "");
  setup.sets.emplace_back("plugins.commands.commands_keep_rows=600");
  HubProcess hub(setup);
  const TestDevice device = make_device(hub.http());
  make_user(hub.http(), device, "owner");
  REQUIRE(hub.stop() == 0);

  const auto entries = count(hub, "gatetorio_audit");
  add_entries(hub, 300, "4102444800000000");  // a clock was in the year 2100 once
  add_entries(hub, 700, ago(401));
  add_entries(hub, 10, ago(399));
  add_commands(hub, "old", 500, ago(91));
  add_commands(hub, "surplus", 900, ago(3));
  add_commands(hub, "recent", 700, ago(1), "'key-' || i");
  change_database(hub, "INSERT INTO device_status (device_id, status, status_at) VALUES (1, '{}', 1)");
  const std::string claim =
      "INSERT INTO pending_claims (claim_hash, hardware_id, controller_id, device_name, peer, network, requested_at, "
      "expires_at, is_approved) VALUES (";
  const std::string blob = storage == "storage-postgres" ? "'\\x0" : "x'0";
  change_database(hub, claim + blob + "1', 'a', 'a', '', '', '', 1, 1, 0)");
  change_database(hub, claim + blob + "2', 'b', 'b', '', '', '', 1, " + ago(-1) + ", 1)");
  change_database(hub,
                  "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at) VALUES "
                  "(1, 901, 'pairing', 'owner', '', 1, 1), (1, 902, 'pairing', 'owner', '', " +
                      ago(1) + ", 1)");
  change_database(hub, "INSERT INTO mqtt_credentials (user_id, password_hash, expires_at, created_at) VALUES (7, " +
                           blob + "1', 1, 1)");
  add_token(hub, 1, "NULL, NULL, NULL, 0");      // nobody took it up
  add_token(hub, 2, "2, 1, 3, 0");               // its access has ended too
  add_token(hub, 3, "2, 1, NULL, 0");            // its access has no end,
  add_token(hub, 4, "2, 1, " + ago(1) + ", 0");  // or ended yesterday,
  add_token(hub, 5, "2, NULL, NULL, 0");         // or is yet to be given
  add_token(hub, 6, "2, 1, NULL, 1");            // it was taken back

  hub.start();
  CHECK(eventually([&] { return count(hub, "gatetorio_audit WHERE at < " + ago(400)) == 0; }, milliseconds(60'000)));
  CHECK(eventually([&] { return count(hub, "commands") == 700; }, milliseconds(60'000)));
  CHECK(count(hub, "commands WHERE id LIKE 'recent-%' AND idempotency_key IS NOT NULL") == 700);
  CHECK(eventually([&] { return count(hub, "pending_claims") == 1; }));
  CHECK(count(hub, "pending_claims WHERE hardware_id = 'b'") == 1);
  CHECK(eventually([&] { return count(hub, "grants WHERE user_id > 900") == 1; }));
  CHECK(eventually([&] { return count(hub, "mqtt_credentials WHERE user_id = 7") == 0; }));
  CHECK(eventually([&] { return count(hub, "sharing_tokens") == 3; }));
  CHECK(count(hub, "sharing_secrets") == 3);
  CHECK(count(hub, "device_status WHERE device_id = 1") == 1);
  CHECK(count(hub, "gatetorio_audit WHERE action = 'test.old'") == 310);
  CHECK(count(hub, "gatetorio_audit WHERE action <> 'test.old'") >= entries);
  CHECK(HttpClient(hub.http(), device.token).get("/devices/" + device.controller_id).status == 200);
  const std::string metrics = HttpClient(hub.http()).root("/metrics").body;
  CHECK(metrics.find("gatetorio_retention_deleted_rows_total") != std::string::npos);
  CHECK(metrics.find("of=\"audit\"") != std::string::npos);
  CHECK(hub.log().find("a write failed") == std::string::npos);
  CHECK(hub.log().find("old rows stay") == std::string::npos);
}

TEST_CASE("hubs that share a database delete at once, and each row goes once") {
  PostgresServer server;
  const std::string database = server.make_database();
  const HubSetup setup = setup_of("storage-postgres", &server, database);
  HubProcess one(setup), two(setup);
  REQUIRE(one.stop() == 0);
  REQUIRE(two.stop() == 0);
  add_entries(one, 2'000, ago(401));
  add_commands(one, "old", 2'000, ago(91));
  one.start();
  two.start();
  CHECK(eventually([&] { return count(one, "gatetorio_audit WHERE at < " + ago(400)) + count(one, "commands") == 0; },
                   milliseconds(90'000)));
  CHECK(make_device(one.http()).id > 0);
  CHECK(make_device(two.http()).id > 0);
}

// A hub with commands of today, of which it may keep one less than there are; started again with its clock years ahead.
struct Ahead {
  explicit Ahead(const std::string& grace)
      : hub({.sets = {"plugins.commands.commands_keep_rows=5", "plugins.commands.retention_grace_minutes=" + grace,
                      "plugins.auth.retention_grace_minutes=" + grace,
                      "plugins.registration.retention_grace_minutes=" + grace}}) {
    const TestDevice device = make_device(hub.http());
    make_user(hub.http(), device, "owner");
    CHECK(hub.stop() == 0);
    add_commands(hub, "today", 6, ago(0));
    change_database(hub,
                    "INSERT INTO grants (device_id, user_id, source, level, name, expires_at, created_at) VALUES "
                    "(1, 901, 'pairing', 'owner', '', " +
                        ago(-30) + ", 1)");
    const ShiftedClock shift(std::chrono::hours(800 * 24));
    hub.start();
  }
  HubProcess hub;
};

TEST_CASE("a clock that is years ahead deletes no row because of its age") {
  Ahead at("60");
  // One goes because there are too many, whatever the time: so somebody has looked.
  REQUIRE(eventually([&] { return count(at.hub, "commands") == 5; }));
  CHECK(at.hub.stop() == 0);
  CHECK(count(at.hub, "commands") == 5);
  CHECK(count(at.hub, "grants WHERE user_id = 901") == 1);
  CHECK(count(at.hub, "gatetorio_audit") > 0);
}

TEST_CASE("a clock that is years ahead is believed at once where the operator says so") {
  Ahead at("0");
  CHECK(eventually([&] { return count(at.hub, "commands") == 0; }));
  CHECK(eventually([&] { return count(at.hub, "grants WHERE user_id = 901") == 0; }));
}

}  // namespace
}  // namespace gatetorio::testing
