#include <thread>

#include "postgres_fixture.hpp"
#include "support/paths.hpp"

namespace gatetorio::storage_postgres {
namespace {

class Files {
 public:
  void put(const std::string& name, const std::string& sql) const {
    std::filesystem::create_directories(folder_ / "test");
    std::ofstream(folder_ / "test" / name) << sql;
  }
  Result<std::string> apply(Database& database) const { return migrate(database, "test", folder_.path().string()); }

 private:
  TempDir folder_;
};

TEST_CASE("all tables of the bundled plugins can be made") {
  Bench bench;
  const auto database = bench.open();
  for (const auto& entry : std::filesystem::directory_iterator(GATETORIO_SOURCE_DIR "/migrations")) {
    const std::string plugin = entry.path().filename();
    INFO(plugin);
    if (!plugin.ends_with("-sqlite")) CHECK(migrate(*database, plugin, GATETORIO_SOURCE_DIR "/migrations"));
  }
}

TEST_CASE("a migration cannot end its transaction or touch the ledger") {
  Bench bench;
  const Files files;
  const auto database = bench.open();
  for (const char* sql :
       {"CREATE TABLE t (id BIGINT); COMMIT;", "BEGIN;", "SET ROLE postgres;", "DELETE FROM gatetorio_migrations;"}) {
    INFO(sql);
    files.put("0001_a.sql", sql);
    const auto result = files.apply(*database);
    REQUIRE_FALSE(result);
    CHECK(result.error().status == Status::kInvalid);
    CHECK(bench.ask("SELECT to_regclass('t') IS NULL") == "t");
  }
  files.put("0001_a.sql", "CREATE TABLE t (id BIGINT);");
  CHECK(files.apply(*database));
}

TEST_CASE("a migration that is killed at any statement leaves nothing of it and is begun again") {
  Bench bench;
  const Files files;
  const auto database = bench.open();
  const std::vector<std::string> statements = {"CREATE TABLE a (id BIGINT)", "INSERT INTO a VALUES (1)",
                                               "CREATE INDEX a_id ON a (id)"};
  for (std::size_t at = 0; at <= statements.size(); ++at) {
    INFO("before statement " << at);
    std::string sql;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (i == at) sql += "SELECT pg_sleep(60);";
      sql += statements[i] + ";";
    }
    if (at == statements.size()) sql += "SELECT pg_sleep(60);";
    files.put("0001_a.sql", sql);
    auto applying = std::async(std::launch::async, [&] { return files.apply(*database); });
    CHECK(eventually([&] {
      return bench.ask(
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                 " AND datname = current_database()") == "1";
    }));
    const auto killed = applying.get();
    REQUIRE_FALSE(killed);
    CHECK(bench.ask("SELECT to_regclass('a') IS NULL") == "t");
    CHECK(bench.ask("SELECT count(*) FROM gatetorio_migrations WHERE plugin = 'test'") == "0");
  }
  files.put("0001_a.sql", statements[0] + ";" + statements[1]);
  REQUIRE(files.apply(*database));
  CHECK(bench.ask("SELECT count(*) FROM a") == "1");
}

TEST_CASE("of hubs that start at once on an empty database, one migrates and the others find it done") {
  const std::string name = shared_postgres().make_database();
  const Files files;
  files.put("0001_a.sql", "CREATE TABLE a (id BIGINT); INSERT INTO a VALUES (1); SELECT pg_sleep(0.2);");
  files.put("0002_b.sql", "INSERT INTO a VALUES (2);");
  std::vector<std::future<bool>> starts;
  for (int i = 0; i < 10; ++i) {
    starts.push_back(std::async(std::launch::async, [&] {
      auto opened = Database::open({.login = {.url = shared_postgres().url(name)}, .readers = 1}, {});
      return opened && migrate(**opened, "storage-postgres", GATETORIO_SOURCE_DIR "/migrations") &&
             files.apply(**opened);
    }));
  }
  for (auto& start : starts) CHECK(start.get());
  CHECK(shared_postgres().ask(name, "SELECT count(*) FROM a") == "2");
}

}  // namespace
}  // namespace gatetorio::storage_postgres
