#include "reader_pool.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

// A few milliseconds of work.
sql::Batch slow_read() {
  return read("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT count(*) FROM n");
}

TEST_CASE("reads beyond the connections wait and are answered once each") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db"), .readers = 2});
  std::atomic<int> good = 0;
  std::atomic<int> bad = 0;
  {
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 8; ++caller) {
      callers.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          database->run(slow_read().bytes(), [&](Result<std::string> result) { ++(result ? good : bad); });
        }
      });
    }
  }
  CHECK(good == 40);
  CHECK(bad == 0);
}

TEST_CASE("reads above the limit are refused at once") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db"), .readers = 1, .max_waiting = 1});
  std::promise<void> reading;
  std::promise<void> finish;
  // A read that holds the only connection: its answer does not return.
  std::jthread holder([&] {
    database->run(read("SELECT 1").bytes(), [&](Result<std::string>) {
      reading.set_value();
      finish.get_future().wait_for(kTestDeadline);
    });
  });
  REQUIRE(reading.get_future().wait_for(kTestDeadline) == std::future_status::ready);
  auto waiting = run_later(*database, read("SELECT 2"));
  const auto refused = wait(run_later(*database, read("SELECT 3")));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().status == Status::kUnavailable);
  CHECK(refused.error().retry_after_s == 1);
  finish.set_value();
  CHECK(wait(std::move(waiting)));
}

TEST_CASE("a shutdown cancels reads that wait and lets running ones end") {
  const TemporaryFolder folder;
  const auto database = open_database({.path = folder.file("hub.db"), .readers = 1});
  std::promise<void> reading;
  std::promise<void> finish;
  std::jthread holder([&] {
    database->run(read("SELECT 1").bytes(), [&](Result<std::string>) {
      reading.set_value();
      finish.get_future().wait_for(kTestDeadline);
    });
  });
  REQUIRE(reading.get_future().wait_for(kTestDeadline) == std::future_status::ready);
  auto waiting = run_later(*database, read("SELECT 2"));
  database->shutdown([] {});
  const auto cancelled = wait(std::move(waiting));
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().status == Status::kCancelled);
  finish.set_value();
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
