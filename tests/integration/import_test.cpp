// `gatetorio-hub import fastapi`: what the FastAPI server kept is here afterwards, once and without its secrets'
// weakness.
#include <catch2/catch_test_macros.hpp>

#include "support/people.hpp"

namespace gatetorio::testing {
namespace {

constexpr const char* kOwner = "owner-token-of-the-old-server";
constexpr const char* kEngineer = "engineer-token-of-the-old-server";

// The FastAPI server's tables, as its SQLAlchemy models make them.
constexpr const char* kTables = R"(
CREATE TABLE devices (id INTEGER PRIMARY KEY, hardware_id VARCHAR, controller_id VARCHAR, firmware_version VARCHAR,
  device_name VARCHAR, is_online BOOLEAN, last_seen DATETIME, mqtt_username VARCHAR, mqtt_password_hash VARCHAR,
  network_enabled BOOLEAN, created_at DATETIME, updated_at DATETIME);
CREATE TABLE user_auth (id INTEGER PRIMARY KEY, device_id INTEGER, user_token VARCHAR, access_level VARCHAR(8),
  user_email VARCHAR, user_name VARCHAR, expires_at DATETIME, created_at DATETIME, last_accessed DATETIME);
CREATE TABLE sharing_tokens (id INTEGER PRIMARY KEY, token VARCHAR, device_id INTEGER, created_by_user_id INTEGER,
  access_level VARCHAR(8), is_used BOOLEAN, used_by_user_token VARCHAR, used_at DATETIME, expires_at DATETIME,
  notes VARCHAR, created_at DATETIME);
)";

constexpr const char* kRows = R"(
INSERT INTO devices VALUES
  (1,'hw-1','front-gate','1.2.3','Front gate',1,'2026-11-01 10:20:30.123456','device_1','$2b$x',1,'2025-02-03 04:05:06',NULL),
  (2,'hw-2','back-gate',NULL,NULL,0,NULL,NULL,NULL,0,'2025-02-03 04:05:06.5',NULL),
  (3,'hw-3','no/topic','1','A name that is none',0,NULL,NULL,NULL,0,'2025-02-03 04:05:06',NULL);
INSERT INTO user_auth VALUES
  (1,1,'owner-token-of-the-old-server','OWNER','o@example.org','Olga',NULL,'2025-02-03 04:05:06',NULL),
  (2,1,'engineer-token-of-the-old-server','ENGINEER','e@example.org',NULL,'2099-01-01 00:00:00','2025-02-03 04:05:06',NULL),
  (3,1,'reader-token-of-the-old-server','READONLY',NULL,NULL,'2020-01-01 00:00:00','2025-02-03 04:05:06',NULL),
  (4,1,'short','OWNER',NULL,NULL,NULL,'2025-02-03 04:05:06',NULL),
  (5,2,'owner-token-of-the-old-server','OWNER',NULL,NULL,NULL,'2025-02-03 04:05:06',NULL),
  (6,3,'owner-token-of-the-old-server','OWNER',NULL,NULL,NULL,'2025-02-03 04:05:06',NULL),
  (7,99,'owner-token-of-the-old-server','OWNER',NULL,NULL,NULL,'2025-02-03 04:05:06',NULL);
INSERT INTO sharing_tokens VALUES
  (1,'open',1,1,'ENGINEER',0,NULL,NULL,'2099-01-01 00:00:00',NULL,'2025-02-03 04:05:06'),
  (2,'over',1,1,'ENGINEER',0,NULL,NULL,'2020-01-01 00:00:00',NULL,'2025-02-03 04:05:06'),
  (3,'used',1,1,'ENGINEER',1,'engineer-token-of-the-old-server','2025-03-01 00:00:00','2099-01-01 00:00:00',NULL,'2025-02-03 04:05:06');
)";

class OldServer {
 public:
  OldServer() { change(std::string(kTables) + kRows); }
  void change(const std::string& sql) const {
    const RunResult made = run({"/usr/bin/sqlite3", file(), sql});
    if (made.code != 0) throw std::runtime_error(made.err);
  }
  std::string file() const { return (folder_ / "gatetorio.db").string(); }

 private:
  const TempDir folder_;
};

RunResult import_from(const HubProcess& hub, const std::string& file, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"import", "fastapi", "--config", hub.config().string(), "--from", file};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_hub(arguments);
}

std::vector<std::string> names_for(const HubProcess& hub, const std::string& token) {
  std::vector<std::string> names;
  const auto devices = HttpClient(hub.http(), token).get("/users/me/devices").at("devices").as_array();
  for (const auto& device : devices) {
    names.push_back(std::string(device.at("controller_id").as_string()) + " " +
                    std::string(device.at("access_level").as_string()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

HttpResponse boot(const HubProcess& hub, const std::string& hardware_id, const std::string& controller_id,
                  const std::string& token = {}) {
  return HttpClient(hub.http(), token)
      .post("/devices/register", {{"hardware_id", hardware_id}, {"controller_id", controller_id}});
}

bool has(const RunResult& ran, const std::string& words) { return ran.out.find(words) != std::string::npos; }

using Names = std::vector<std::string>;

TEST_CASE("users keep their access over an import, and each device enrols once") {
  const OldServer old;
  HubProcess hub({.enrolment = "key"});  // nobody else gets in
  REQUIRE(hub.stop() == 0);

  const RunResult rehearsal = import_from(hub, old.file(), {"--dry-run"});
  CAPTURE(rehearsal.out, rehearsal.err);
  CHECK(rehearsal.code == 0);
  CHECK(has(rehearsal,
            "devices: 2 new, 0 still to register here, 0 registered or deleted here and left alone, 1 not taken"));
  CHECK(has(rehearsal, "access:  3 taken, 1 ended already, 2 not taken"));
  CHECK(ask_database(hub, "SELECT COUNT(*) FROM devices") == 0);
  CHECK(ask_database(hub, "SELECT COUNT(*) FROM grants") == 0);

  const RunResult imported = import_from(hub, old.file());
  CAPTURE(imported.out, imported.err);
  REQUIRE(imported.code == 0);
  CHECK(has(imported, "devices: 2 new"));
  CHECK(has(imported, "access:  3 taken, 1 ended already, 2 not taken"));
  CHECK(has(imported, "devices.id 3 and its 1 rows of user_auth: controller_id"));
  CHECK(has(imported, "user_auth.id 4: user_token"));
  CHECK(has(imported, "1 rows of user_auth have no device"));
  CHECK(has(imported, "1 sharing tokens"));
  CHECK_FALSE(has(imported, kOwner));

  hub.start();
  CHECK(names_for(hub, kOwner) == Names{"back-gate owner", "front-gate owner"});
  CHECK(names_for(hub, kEngineer) == Names{"front-gate engineer"});
  CHECK(names_for(hub, "reader-token-of-the-old-server").empty());
  const auto shown = HttpClient(hub.http(), kOwner).get("/devices/front-gate");
  CHECK(shown.text("device_name") == "Front gate");
  CHECK(shown.text("firmware_version") == "1.2.3");
  CHECK(shown.text("last_seen") == "2026-11-01T10:20:30.123Z");
  CHECK(shown.text("created_at") == "2025-02-03T04:05:06.000Z");

  // Nothing opens a device before it has enrolled.
  CHECK(HttpClient(hub.http(), "gtd_1_").get("/devices/front-gate").status == 401);
  CHECK(boot(hub, "hw-stranger", "stranger").status == 403);
  const auto enrolled = boot(hub, "hw-1", "front-gate");
  REQUIRE(enrolled.status == 200);
  const std::string token = enrolled.text("device_token");
  CHECK(token.starts_with("gtd_"));
  CHECK(boot(hub, "hw-1", "front-gate").status == 401);
  CHECK(boot(hub, "hw-1", "front-gate", token).status == 200);
  CHECK(names_for(hub, kOwner) == Names{"back-gate owner", "front-gate owner"});
}

TEST_CASE("an import that is repeated takes what is new, and leaves alone what lives here already") {
  const OldServer old;
  HubProcess hub;
  REQUIRE(hub.stop() == 0);
  REQUIRE(import_from(hub, old.file()).code == 0);
  hub.start();
  const auto enrolled = boot(hub, "hw-1", "front-gate");
  const auto users = HttpClient(hub.http(), kOwner).get("/devices/front-gate/users").at("users").as_array();
  for (const auto& user : users) {
    if (user.at("access_level") != "engineer") continue;
    const std::string id = boost::json::serialize(user.at("user_id"));
    REQUIRE(HttpClient(hub.http(), kOwner).del("/devices/front-gate/users/" + id).status == 204);
  }
  CHECK(names_for(hub, kEngineer).empty());
  REQUIRE(hub.stop() == 0);

  old.change(
      "INSERT INTO devices SELECT 4,'hw-4','new-gate',firmware_version,device_name,0,NULL,NULL,NULL,0,created_at,NULL"
      " FROM devices WHERE id = 1;"
      "INSERT INTO user_auth SELECT 8,4,user_token,access_level,NULL,NULL,NULL,created_at,NULL FROM user_auth WHERE id "
      "= 1;"
      "INSERT INTO user_auth SELECT 9,2,user_token,access_level,NULL,NULL,NULL,created_at,NULL FROM user_auth WHERE id "
      "= 2;"
      "INSERT INTO devices SELECT 5,'hw-5','front-gate',NULL,NULL,0,NULL,NULL,NULL,0,created_at,NULL FROM devices "
      "WHERE id = 1;");
  const RunResult again = import_from(hub, old.file());
  CAPTURE(again.out, again.err);
  REQUIRE(again.code == 0);
  CHECK(
      has(again, "devices: 1 new, 1 still to register here, 1 registered or deleted here and left alone, 2 not taken"));
  CHECK(has(again, "devices.id 5 and its 0 rows of user_auth: Another device has this controller_id."));
  hub.start();
  CHECK(names_for(hub, kOwner) == Names{"back-gate owner", "front-gate owner", "new-gate owner"});
  CHECK(names_for(hub, kEngineer) == Names{"back-gate engineer"});  // the removed access stays removed
  CHECK(boot(hub, "hw-1", "front-gate", enrolled.text("device_token")).status == 200);
  CHECK(boot(hub, "hw-2", "back-gate").status == 200);
}

TEST_CASE("until a device has registered here the old server's word counts, and a deleted one does not come back") {
  const OldServer old;
  HubProcess hub;
  const auto again = [&] {
    REQUIRE(hub.stop() == 0);
    const RunResult ran = import_from(hub, old.file());
    CAPTURE(ran.out, ran.err);
    REQUIRE(ran.code == 0);
    hub.start();
    return ran;
  };
  old.change(
      "INSERT INTO user_auth SELECT 10,2,'name-token-of-the-old-server','ENGINEER',NULL,CAST(X'ff00' AS TEXT),NULL,"
      "created_at,NULL FROM user_auth WHERE id = 1; UPDATE user_auth SET expires_at = 'soon' WHERE id = 3");
  const RunResult first = again();
  CHECK(has(first, "user_auth.id 3: its expires_at cannot be read"));
  CHECK(names_for(hub, "name-token-of-the-old-server") == Names{"back-gate engineer"});
  // What lets it in is not shown to those who may see it.
  CHECK(HttpClient(hub.http(), kOwner).get("/devices/back-gate").text("hardware_id").empty());
  REQUIRE(boot(hub, "hw-1", "front-gate").status == 200);
  CHECK(HttpClient(hub.http(), kOwner).get("/devices/front-gate").text("hardware_id") == "hw-1");
  REQUIRE(HttpClient(hub.http(), kOwner).del("/devices/front-gate").status == 204);

  old.change("UPDATE user_auth SET access_level = 'READONLY' WHERE id = 5; DELETE FROM user_auth WHERE id = 10");
  const RunResult second = again();
  CHECK(has(second,
            "devices: 0 new, 1 still to register here, 1 registered or deleted here and left alone, 1 not taken"));
  CHECK(names_for(hub, kOwner) == Names{"back-gate readonly"});
  CHECK(names_for(hub, "name-token-of-the-old-server").empty());
  CHECK(HttpClient(hub.http(), kOwner).get("/devices/front-gate").status == 404);
}

TEST_CASE("an imported device whose time is over does not enrol any more") {
  const OldServer old;
  HubProcess hub({.enrolment = "key"});
  REQUIRE(hub.stop() == 0);
  REQUIRE(import_from(hub, old.file(), {"--reenrol-days", "1"}).code == 0);
  change_database(hub, "UPDATE devices SET reenrol_until = reenrol_until - 86401000000");
  hub.start();
  CHECK(boot(hub, "hw-1", "front-gate").status == 401);
}

TEST_CASE("an import that cannot be made says why and changes nothing") {
  const OldServer old;
  HubProcess hub;
  if (hub.storage() == "storage-sqlite") {
    const RunResult beside = import_from(hub, old.file());
    CHECK(beside.code != 0);  // the hub runs
    CHECK_FALSE(beside.err.empty());
  }
  REQUIRE(hub.stop() == 0);
  const TempDir folder;
  write_file(folder / "text",
             "no database, and long enough to see that from its first bytes: certainly a hundred of them or more");
  REQUIRE(run({"/usr/bin/sqlite3", (folder / "other.db").string(), "CREATE TABLE devices (id)"}).code == 0);
  struct Case {
    std::string file, words;
  };
  for (const Case& wrong :
       {Case{(folder / "missing.db").string(), "cannot be read"}, Case{(folder / "text").string(), "cannot be read"},
        Case{(folder / "other.db").string(), "has no table user_auth"}, Case{"", "--from"}}) {
    const RunResult ran = import_from(hub, wrong.file);
    CAPTURE(wrong.file, ran.out, ran.err);
    CHECK(ran.code == 1);
    CHECK(ran.err.find(wrong.words) != std::string::npos);
  }
  CHECK_FALSE(std::filesystem::exists(folder / "missing.db"));
  CHECK(ask_database(hub, "SELECT COUNT(*) FROM devices") == 0);
}

}  // namespace
}  // namespace gatetorio::testing
