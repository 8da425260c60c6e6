#include "storage_under_test.hpp"

namespace gatetorio::contract {
namespace {

constexpr const char* kThings = "CREATE TABLE things (id BIGINT PRIMARY KEY, n BIGINT);";

TEST_CASE("bad SQL is invalid and tells the caller nothing of it") {
  const auto storage = storage_with(kThings);
  for (const char* sql : {"SELECT secret FROM nowhere", "SELEKT 1", "INSERT INTO things (nope) VALUES (1)", ""}) {
    const auto results = run(*storage, write(sql));
    REQUIRE(status_of(results) == Status::kInvalid);
    CHECK(results.error().statement == 0);
    CHECK(results.error().detail.find("nowhere") == std::string::npos);
    CHECK(results.error().detail.find("nope") == std::string::npos);
  }
}

TEST_CASE("one statement is one statement") {
  const auto storage = storage_with(kThings);
  CHECK(status_of(run(*storage, write("INSERT INTO things (id) VALUES (1); DELETE FROM things"))) == Status::kInvalid);
  CHECK(count(*storage, "things") == 0);
  CHECK(run(*storage, write("INSERT INTO things (id) VALUES (1);\n ")));
}

TEST_CASE("a batch cannot begin or end a transaction") {
  const auto storage = storage_with(kThings);
  for (const char* sql : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x", "RELEASE x"}) {
    INFO(sql);
    sql::Batch batch(sql::Mode::kWrite);
    batch.add("INSERT INTO things (id) VALUES (1)").add(sql);
    CHECK(status_of(run(*storage, batch)) == Status::kInvalid);
    CHECK(count(*storage, "things") == 0);
  }
}

TEST_CASE("a batch for reading cannot write") {
  const auto storage = storage_with(kThings);
  for (const char* sql : {"INSERT INTO things (id) VALUES (1)", "DELETE FROM things", "CREATE TABLE more (id BIGINT)",
                          "INSERT INTO things (id) VALUES (1) RETURNING id"}) {
    INFO(sql);
    CHECK(status_of(run(*storage, read(sql))) == Status::kInvalid);
  }
  CHECK(count(*storage, "things") == 0);
}

TEST_CASE("the number of arguments must fit") {
  const auto storage = storage_with(kThings);
  CHECK(status_of(run(*storage, write("INSERT INTO things (id, n) VALUES ($1, $2)", 1))) == Status::kInvalid);
  CHECK(status_of(run(*storage, write("INSERT INTO things (id) VALUES ($1)", 1, 2))) == Status::kInvalid);
  CHECK(count(*storage, "things") == 0);
}

TEST_CASE("bytes that are no batch are malformed") {
  const auto storage = storage_with(kThings);
  const std::string good = write("INSERT INTO things (id) VALUES ($1)", 1).bytes();
  std::vector<std::string> hostile = {"", "\x01", "\x07", std::string("\x01\xff\xff\xff\xff", 5)};
  for (std::size_t size = 1; size < good.size(); ++size) hostile.push_back(good.substr(0, size));
  for (const std::string& bytes : hostile) {
    const auto result = wait(begin([&](StorageUnderTest::Done done) { storage->run(bytes, std::move(done)); }));
    CHECK(status_of(result) == Status::kMalformed);
  }
  CHECK(count(*storage, "things") == 0);
}

}  // namespace
}  // namespace gatetorio::contract
