// Statements that were prepared on empty tables, when these have grown.
#include "postgres_fixture.hpp"

namespace gatetorio::storage_postgres {
namespace {

constexpr int kRows = 20'000;
// Of eight looked up at once an empty table is read whole; a large one should not be.
constexpr const char* kLookUp = "SELECT n FROM things WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)";

void look_up(Database& database, int times) {
  for (int i = 0; i < times; ++i) {
    REQUIRE(run(database, read(kLookUp, i, i + 1, i + 2, i + 3, 0, 0, 0, 0)) == Status::kOk);
  }
}

std::int64_t counted(const Bench& bench, const std::string& what) {
  const std::string value =
      bench.ask("SELECT COALESCE(" + what + ", 0) FROM pg_stat_user_tables WHERE relname = 'things'");
  return std::stoll(value.empty() ? "0" : value);
}

TEST_CASE("a statement that was prepared on an empty table reads no whole table when that has grown") {
  // Rows as wide as a device's: of an empty table the server takes few to be there.
  Bench bench(shared_postgres(),
              "CREATE TABLE things (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0, a TEXT, b TEXT, c TEXT, d TEXT,"
              " e TEXT, f TEXT, g TEXT, h TEXT)");
  bench.ask("ALTER TABLE things SET (autovacuum_enabled = false)");  // nobody else helps
  const auto database = bench.open();
  look_up(*database, 100);
  const std::string rows = "INSERT INTO things (id) SELECT generate_series(1, " + std::to_string(kRows) + ")";
  REQUIRE(run(*database, write(rows)) == Status::kOk);
  look_up(*database, 20);
  // The server's counters come up to a second later: told apart by the rows that a look-up read.
  CHECK(eventually(
      [&] {
        const std::int64_t before = counted(bench, "seq_scan");
        const std::int64_t found = counted(bench, "idx_scan");
        look_up(*database, 100);
        const bool is_counted =
            eventually([&] { return counted(bench, "idx_scan") + counted(bench, "seq_scan") >= before + found + 100; });
        return is_counted && counted(bench, "seq_scan") == before;
      },
      std::chrono::seconds(15)));
}

TEST_CASE("a table is analysed when it has doubled, and not for being written") {
  Bench bench;
  bench.ask("ALTER TABLE things SET (autovacuum_enabled = false)");
  const auto database = bench.open();
  const auto analysed = [&] { return counted(bench, "analyze_count"); };
  REQUIRE(run(*database, write("INSERT INTO things (id) SELECT generate_series(1, 2000)")) == Status::kOk);
  REQUIRE(eventually([&] { return analysed() == 1; }, std::chrono::seconds(15)));
  for (int i = 0; i < 3; ++i) REQUIRE(run(*database, write("UPDATE things SET n = n + 1")) == Status::kOk);
  REQUIRE(run(*database, write("INSERT INTO things (id) SELECT generate_series(2001, 3000)")) == Status::kOk);
  // Another table says when the next look has been.
  bench.ask("CREATE TABLE others (id BIGINT)");
  REQUIRE(run(*database, write("INSERT INTO others SELECT generate_series(1, 2000)")) == Status::kOk);
  const auto has_looked = [&] {
    return bench.ask("SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'others'") == "1";
  };
  REQUIRE(eventually(has_looked, std::chrono::seconds(15)));
  CHECK(analysed() == 1);
  REQUIRE(run(*database, write("INSERT INTO things (id) SELECT generate_series(3001, 6000)")) == Status::kOk);
  CHECK(eventually([&] { return analysed() == 2; }, std::chrono::seconds(15)));
}

TEST_CASE("a table that somebody has locked holds up no look at the others, and no end of the hub") {
  Bench bench;
  bench.ask("CREATE TABLE others (id BIGINT)");
  for (const char* table : {"things", "others"}) {
    bench.ask("ALTER TABLE " + std::string(table) + " SET (autovacuum_enabled = false)");
  }
  Told told;
  const auto database = bench.open(bench.settings(), told.observer());
  REQUIRE(run(*database, write("INSERT INTO things (id) SELECT generate_series(1, 2000)")) == Status::kOk);
  const auto lock =
      testing::hold_in_postgres(shared_postgres().url(bench.name()), "LOCK TABLE things IN ACCESS EXCLUSIVE MODE");
  REQUIRE(run(*database, write("INSERT INTO others SELECT generate_series(1, 2000)")) == Status::kOk);
  const auto has_looked = [&] {
    return bench.ask("SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'others'") == "1";
  };
  CHECK(eventually(has_looked, std::chrono::seconds(15)));
  CHECK(told.problems().empty());
}

}  // namespace
}  // namespace gatetorio::storage_postgres
