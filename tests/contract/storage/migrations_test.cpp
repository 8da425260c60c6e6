#include "storage_under_test.hpp"

namespace gatetorio::contract {
namespace {

bool mentions(const Result<std::string>& result, const std::string& text) {
  return !result && result.error().detail.find(text) != std::string::npos;
}

TEST_CASE("migrations are applied in order and once") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("one", "0001_first.sql", "CREATE TABLE a (id BIGINT); INSERT INTO a (id) VALUES (1);");
  migrations.put("one", "0002_second.sql", "-- a comment; with a semicolon\nINSERT INTO a (id) SELECT id + 1 FROM a;");
  migrations.put("one", "README.md", "not SQL");
  REQUIRE(migrations.apply(*storage, "one"));
  REQUIRE(migrations.apply(*storage, "one"));
  CHECK(count(*storage, "a") == 2);
  migrations.put("one", "0003_third.sql", "INSERT INTO a (id) VALUES (3);");
  REQUIRE(migrations.apply(*storage, "one"));
  CHECK(count(*storage, "a") == 3);
}

TEST_CASE("each plugin has its own count") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("one", "0001_a.sql", "CREATE TABLE a (id BIGINT);");
  migrations.put("two", "0001_b.sql", "CREATE TABLE b (id BIGINT);");
  CHECK(migrations.apply(*storage, "one"));
  CHECK(migrations.apply(*storage, "two"));
  CHECK(count(*storage, "b") == 0);
}

TEST_CASE("a file for this database is taken and one for another left out") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("one", "0001_a.sqlite.sql", "CREATE TABLE made_by_sqlite (id BIGINT);");
  migrations.put("one", "0001_a.postgres.sql", "CREATE TABLE made_by_postgres (id BIGINT);");
  REQUIRE(migrations.apply(*storage, "one"));
  CHECK(count(*storage, "made_by_" + storage->dialect()) == 0);
}

TEST_CASE("a migration that fails leaves no trace and is tried again") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("one", "0001_good.sql", "CREATE TABLE a (id BIGINT);");
  migrations.put("one", "0002_bad.sql", "CREATE TABLE b (id BIGINT); INSERT INTO nowhere (id) VALUES (1);");
  const auto failed = migrations.apply(*storage, "one");
  CHECK(status_of(failed) == Status::kInvalid);
  CHECK(mentions(failed, "0002_bad.sql"));
  CHECK(count(*storage, "a") == 0);
  CHECK(status_of(run(*storage, read("SELECT 1 FROM b"))) == Status::kInvalid);
  migrations.put("one", "0002_bad.sql", "CREATE TABLE b (id BIGINT);");
  REQUIRE(migrations.apply(*storage, "one"));
  CHECK(count(*storage, "b") == 0);
}

TEST_CASE("an applied file that was changed is a conflict that names it") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("one", "0001_a.sql", "CREATE TABLE a (id BIGINT);");
  REQUIRE(migrations.apply(*storage, "one"));
  migrations.put("one", "0001_a.sql", "CREATE TABLE a (id BIGINT, extra TEXT);");
  const auto result = migrations.apply(*storage, "one");
  CHECK(status_of(result) == Status::kConflict);
  CHECK(mentions(result, "0001_a.sql was changed"));
}

TEST_CASE("a database that is newer than the hub is refused") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("one", "0001_a.sql", "CREATE TABLE a (id BIGINT);");
  migrations.put("one", "0002_b.sql", "CREATE TABLE b (id BIGINT);");
  REQUIRE(migrations.apply(*storage, "one"));
  migrations.remove("one", "0002_b.sql");
  const auto result = migrations.apply(*storage, "one");
  CHECK(status_of(result) == Status::kConflict);
  CHECK(mentions(result, "newer than this hub"));
}

TEST_CASE("numbers that are missing, doubled or misnamed are errors that name the file") {
  const auto storage = make_storage();
  const Migrations migrations;
  migrations.put("gap", "0001_a.sql", "");
  migrations.put("gap", "0003_c.sql", "");
  migrations.put("late", "0002_b.sql", "");
  migrations.put("twice", "0001_a.sql", "");
  migrations.put("twice", "0001_a." + storage->dialect() + ".sql", "");
  migrations.put("name", "1_a.sql", "");
  migrations.put("dialect", "0001_a.oracle.sql", "");
  for (const auto& [plugin, file] :
       {std::pair("gap", "0003_c.sql"), std::pair("late", "0002_b.sql"), std::pair("twice", "0001_a.sql"),
        std::pair("name", "1_a.sql"), std::pair("dialect", "0001_a.oracle.sql")}) {
    INFO(plugin);
    const auto result = migrations.apply(*storage, plugin);
    CHECK(status_of(result) == Status::kInvalid);
    CHECK(mentions(result, file));
  }
}

TEST_CASE("a plugin without a folder of migrations, or with a path for a name, is refused") {
  const auto storage = make_storage();
  const Migrations migrations;
  CHECK(status_of(migrations.apply(*storage, "nobody")) == Status::kNotFound);
  CHECK(status_of(migrations.apply(*storage, "../nobody")) == Status::kInvalid);
}

}  // namespace
}  // namespace gatetorio::contract
