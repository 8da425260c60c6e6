#include "copy.hpp"

#include <sqlite3.h>

#include "gatetorio/file_lock.hpp"
#include "postgres_fixture.hpp"

namespace gatetorio::storage_postgres {
namespace {

constexpr const char* kLedgerRows = "INSERT INTO gatetorio_migrations VALUES ('test', 1, '0001_a.sql', 'x', 1)";

// A hub's SQLite file with a table in which are all kinds of values, and an id that was given and deleted.
class LiteFile {
 public:
  explicit LiteFile(const std::string& name = "hub.db") : name_(name) {
    run("CREATE TABLE gatetorio_migrations (plugin TEXT, number INTEGER, name TEXT, sha256 TEXT, applied_at INTEGER);"
        "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, t TEXT, b BLOB, r REAL, n INTEGER);" +
        std::string(kLedgerRows));
  }
  void fill() const {
    run("INSERT INTO things VALUES (1, 'it''s a \\ \"gate\"' || char(10) || '門 🚪', x'00ff5c27', 0.1, "
        "-9223372036854775808),"
        " (2, '', x'', 1e300, NULL), (3, NULL, NULL, NULL, 9223372036854775807), (9, 'gone', NULL, NULL, NULL);"
        "DELETE FROM things WHERE id = 9;");
    run("WITH RECURSIVE k(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM k WHERE i < 1600) INSERT INTO things (t, n)"
        " SELECT 'row ' || i, i FROM k");
  }
  void run(const std::string& sql) const {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
    char* wrong = nullptr;
    const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &wrong);
    INFO((wrong == nullptr ? "" : wrong));
    sqlite3_close(database);
    REQUIRE(code == SQLITE_OK);
  }
  std::string path() const { return (folder_ / name_).string(); }

 private:
  TempDir folder_;
  std::string name_;
};

constexpr const char* kServerTable =
    "CREATE TABLE things (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t TEXT, b BYTEA, r DOUBLE PRECISION, n "
    "BIGINT)";

Result<void> copy(std::unique_ptr<CopySide> from, std::unique_ptr<CopySide> to) {
  return copy_storage(*from, *to, [](const std::string&) {});
}

Login login_of(const Bench& bench) { return *Login::make(bench.settings().login); }

std::unique_ptr<Bench> server_bench() {
  auto bench = std::make_unique<Bench>(shared_postgres(), kServerTable);
  bench->ask("DROP TABLE gatetorio_audit");
  bench->ask(kLedgerRows);
  return bench;
}

TEST_CASE("an installation moves to PostgreSQL and back and stays the same, and ids are not given again") {
  const LiteFile lite;
  lite.fill();
  const auto bench = server_bench();
  const auto moved = copy(sqlite_side(lite.path(), false), postgres_side(login_of(*bench), true));
  INFO((moved ? "" : moved.error().detail));
  REQUIRE(moved);
  CHECK(bench->ask("SELECT count(*) FROM things") == "1504");
  CHECK(bench->ask("SELECT t FROM things WHERE id = 1") == "it's a \\ \"gate\"\n門 🚪");
  CHECK(bench->ask("SELECT encode(b, 'hex') FROM things WHERE id = 1") == "00ff5c27");
  CHECK(bench->ask("SELECT b IS NOT NULL AND length(b) = 0 AND n IS NULL FROM things WHERE id = 2") == "t");
  const std::string next = bench->ask("INSERT INTO things (t) VALUES ('new') RETURNING id");
  CHECK(std::stoll(next) == 1511);  // 9 was given, 1501 more after it

  const LiteFile back;
  const auto returned = copy(postgres_side(login_of(*bench), false), sqlite_side(back.path(), true));
  INFO((returned ? "" : returned.error().detail));
  REQUIRE(returned);
  const auto again = server_bench();
  REQUIRE(copy(sqlite_side(back.path(), false), postgres_side(login_of(*again), true)));
  CHECK(again->ask("SELECT md5(string_agg(things::text, ',' ORDER BY id)) FROM things") ==
        bench->ask("SELECT md5(string_agg(things::text, ',' ORDER BY id)) FROM things"));
}

TEST_CASE("a copy into what is not empty, or of another version, is refused and changes nothing") {
  const LiteFile lite;
  lite.fill();
  const auto bench = server_bench();
  bench->ask("INSERT INTO things (t) VALUES ('mine')");
  CHECK(copy(sqlite_side(lite.path(), false), postgres_side(login_of(*bench), true)).error().status ==
        Status::kConflict);
  CHECK(bench->ask("SELECT count(*) FROM things") == "1");
  bench->ask("DELETE FROM things; DELETE FROM gatetorio_migrations WHERE plugin = 'test'");
  CHECK(copy(sqlite_side(lite.path(), false), postgres_side(login_of(*bench), true)).error().status ==
        Status::kConflict);
  bench->ask(kLedgerRows);
  bench->ask("ALTER TABLE things DROP COLUMN r");
  CHECK(copy(sqlite_side(lite.path(), false), postgres_side(login_of(*bench), true)).error().status ==
        Status::kConflict);
}

// What a hub acknowledges while it is copied would be in one of the two only.
TEST_CASE("neither side is copied while a hub uses it, and no hub begins to use it meanwhile") {
  const LiteFile lite;
  lite.fill();
  const auto bench = server_bench();
  const auto refusal = [](const std::function<void()>& work) -> std::string {
    try {
      work();
    } catch (const std::exception& e) {
      return e.what();
    }
    return {};
  };
  {
    Told told;
    const auto hub = bench->open(bench->settings(), told.observer());
    REQUIRE(run(*hub, read("SELECT 1")) == Status::kOk);
    for (const bool for_writing : {false, true}) {
      CHECK(refusal([&] { postgres_side(login_of(*bench), for_writing); }).find("a hub uses") != std::string::npos);
    }
  }
  {
    const auto held = FileLock::take(lite.path() + ".lock", "the database");
    REQUIRE(held);
    for (const bool for_writing : {false, true}) {
      CHECK(refusal([&] { sqlite_side(lite.path(), for_writing); }).find("in use by process") != std::string::npos);
    }
  }
  auto from = postgres_side(login_of(*bench), false);
  Told told;
  const auto hub = bench->open(bench->settings(), told.observer());
  CHECK(eventually([&] { return told.problems().find("storage copy") != std::string::npos; }));
  CHECK(run(*hub, write("INSERT INTO things (t) VALUES ('too late')")) == Status::kUnavailable);
  from.reset();
  CHECK(eventually([&] { return run(*hub, write("INSERT INTO things (t) VALUES ('in time')")) == Status::kOk; }));
}

// A side that loses a bit on the way.
TEST_CASE("what does not arrive as it was sent is noticed, and nothing is kept") {
  const LiteFile lite;
  lite.fill();
  const auto bench = server_bench();
  bench->ask(
      "CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$ LANGUAGE plpgsql;"
      "CREATE TRIGGER spoils BEFORE INSERT ON things FOR EACH ROW WHEN (NEW.id = 700) EXECUTE FUNCTION spoil()");
  const auto copied = copy(sqlite_side(lite.path(), false), postgres_side(login_of(*bench), true));
  REQUIRE_FALSE(copied);
  CHECK(copied.error().status == Status::kInternal);
  CHECK(bench->ask("SELECT count(*) FROM things") == "0");
}

}  // namespace
}  // namespace gatetorio::storage_postgres
