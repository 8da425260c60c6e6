// The hub on a database that runs, and yet cannot: what callers get, what the operator sees, and how it ends.
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "support/people.hpp"
#include "support/pgbouncer.hpp"

namespace gatetorio::testing {
namespace {

namespace fs = std::filesystem;

HubSetup on(const std::string& url) { return {.storage = "storage-postgres", .database_url = url}; }

int health_of(const HubProcess& hub) { return HttpClient(hub.http()).root("/health").status; }

HttpResponse register_one(const HubProcess& hub) {
  return HttpClient(hub.http())
      .post("/devices/register", {{"hardware_id", unique("hw")}, {"controller_id", unique("gate")}});
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("a PostgreSQL that is read-only is no client's fault: 503, unhealthy, said once, and over by itself") {
  PostgresServer server;
  HubProcess hub(on(server.url(server.make_database())));
  REQUIRE(register_one(hub).status == 201);
  server.ask("postgres", "ALTER SYSTEM SET default_transaction_read_only = on");
  server.ask("postgres", "SELECT pg_reload_conf()");
  CHECK(eventually([&] {
    const auto refused = register_one(hub);
    CHECK((refused.status == 201 || refused.status == 503));
    return refused.status == 503 && !refused.header("retry-after").empty();
  }));
  CHECK(eventually([&] { return health_of(hub) == 503; }));
  CHECK(eventually([&] { return hub.log().find("the server is read-only") != std::string::npos; }));
  ask_postgres(server.url("postgres") + "&options=-cdefault_transaction_read_only%3Doff",
               "ALTER SYSTEM RESET default_transaction_read_only");
  server.ask("postgres", "SELECT pg_reload_conf()");
  CHECK(eventually([&] { return health_of(hub) == 200; }));
  CHECK(eventually([&] { return register_one(hub).status == 201; }));
  CHECK(times(hub.log(), "the server is read-only") == 1);
}

TEST_CASE("a locked table holds up what needs it for two seconds, and nothing else") {
  PostgresServer server;
  const std::string database = server.make_database();
  HubProcess hub(on(server.url(database)));
  const TestDevice device = make_device(hub.http());
  make_user(hub.http(), device, "owner");
  auto somebody = hold_in_postgres(server.url(database), "LOCK TABLE grants IN ACCESS EXCLUSIVE MODE");
  HttpClient held(hub.http(), device.token);
  for (int i = 0; i < 3; ++i) {
    CHECK(time_of([&] {
            const auto refused = held.post("/users/authorize", {{"user_token", unique("user-of-the-test-")}});
            CAPTURE(refused.body);
            CHECK(refused.status == 503);
          }) < milliseconds(5000));
    CHECK(time_of([&] { CHECK(register_one(hub).status == 201); }) < milliseconds(2000));
  }
  somebody.reset();
  CHECK(held.post("/users/authorize", {{"user_token", unique("user-of-the-test-")}}).status == 200);
}

TEST_CASE(
    "a pooler that is switched to transactions under a running hub refuses no good token and shows no wrong list") {
  PostgresServer server;
  PgBouncer pooler(server, "session");
  HubProcess hub(on(pooler.url(server.make_database())));
  const TestDevice device = make_device(hub.http());
  const TestUser user = make_user(hub.http(), device, "owner");
  HttpClient app(hub.http(), user.token), gate(hub.http(), device.token);
  pooler.reload("transaction");
  const auto is_right = [&] {
    const auto list = app.get("/users/me/devices");
    const auto shown = gate.get("/devices/" + device.controller_id);
    CAPTURE(list.body, shown.body);
    CHECK((list.status == 503 || (list.status == 200 && list.body.find(device.controller_id) != std::string::npos)));
    CHECK((shown.status == 503 || shown.status == 200));
    return shown.status == 200 && list.status == 200;
  };
  CHECK(eventually([&] {
    is_right();
    return health_of(hub) == 503;
  }));
  CHECK(eventually([&] { return hub.log().find("pool_mode = session") != std::string::npos; }));
  pooler.reload("session");
  CHECK(eventually([&] { return health_of(hub) == 200; }));
  CHECK(eventually(is_right));
}

// Whether anybody but the owner may do anything with what lies in the folder; and a group nothing but read.
void check_private(const fs::path& folder) {
  std::size_t databases = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    struct stat status {};
    REQUIRE(::lstat(entry.path().c_str(), &status) == 0);
    CAPTURE(entry.path().string());
    CHECK((status.st_mode & 037) == 0);
    databases += entry.path().filename() == "hub.db" ? 1 : 0;
  }
  CHECK(databases == 1);
}

TEST_CASE("whatever tool makes the database keeps it from others, whatever the umask") {
  const TempDir folder;
  fs::permissions(folder.path(), fs::perms::all);
  const std::string config = (folder / "hub.toml").string();
  write_file(config, "[hub]\ndata_dir = \"" + (folder / "data").string() +
                         "\"\nplugins = [\"storage-sqlite\", \"registration\", \"auth\", \"import-fastapi\"]\n"
                         "[plugins.registration]\nenrolment = \"open\"\n");
  const auto tool = [&](const std::string& words) {
    return run({"/bin/sh", "-c", "umask 0; exec \"$0\" " + words + " --config \"$1\"", hub_program(), config});
  };
  const RunResult migrated = tool("migrate");
  CAPTURE(migrated.err);
  REQUIRE(migrated.code == 0);
  check_private(folder / "data");
  CHECK((fs::status(folder / "data").permissions() & fs::perms::others_all) == fs::perms::none);
  fs::permissions(folder / "data" / "storage-sqlite" / "hub.db", fs::perms(0666));  // as versions of before made it
  REQUIRE(tool("migrate --status").code == 0);
  REQUIRE(tool("backup --to " + (folder / "backup").string()).code == 0);
  check_private(folder / "backup");
}

TEST_CASE("an installation whose hub runs is not copied, and one whose hub is stopped is copied whole") {
  PostgresServer server;
  HubProcess lite({.storage = "storage-sqlite"});
  for (int i = 0; i < 20; ++i) make_user(lite.http(), make_device(lite.http()), "owner");
  HubProcess other(on(server.url(server.make_database())));
  other.stop();
  ask_postgres(other.database_url(),
               "TRUNCATE gatetorio_audit, file_url_keys, admin_links, admin_tokens, presence_clock");
  const std::string file = (lite.data_dir() / "storage-sqlite" / "hub.db").string();
  const TempDir elsewhere;  // what a hub with another configuration has
  const auto copy = [&](const std::string& from, const std::string& to) {
    return run_hub({"storage", "copy", "--from", from, "--to", to, "--config", other.config().string(), "--set",
                    "hub.data_dir=" + elsewhere.path().string()});
  };
  const RunResult refused = copy(file, "postgres");
  CHECK(refused.code != 0);
  CHECK(refused.err.find("stop that hub first") != std::string::npos);
  CHECK(refused.out.find("copied") == std::string::npos);
  lite.stop();
  const RunResult copied = copy(file, "postgres");
  CAPTURE(copied.err);
  CHECK(copied.code == 0);
  CHECK(ask_postgres(other.database_url(), "SELECT count(*) FROM grants") == "20");
  other.start();
  const RunResult also_refused = copy("postgres", file);
  CHECK(also_refused.code != 0);
  CAPTURE(also_refused.err);
  CHECK(also_refused.err.find("a hub uses the PostgreSQL database") != std::string::npos);
}

}  // namespace
}  // namespace gatetorio::testing
