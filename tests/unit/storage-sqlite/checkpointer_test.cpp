#include <atomic>
#include <condition_variable>
#include <mutex>

#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

class Checkpoints {
 public:
  Observer observer() {
    Observer observer;
    observer.checkpointed = [this](double) {
      const std::lock_guard lock(mutex_);
      ++count_;
      changed_.notify_all();
    };
    observer.committed = [this](const CommitReport& report) { largest_wal = std::max(largest_wal, report.wal_bytes); };
    return observer;
  }
  bool wait_for_one() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kTestDeadline, [this] { return count_ > 0; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  std::int64_t largest_wal = 0;  // of the writer's thread until the database is gone

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

TEST_CASE("the log is moved into the database in a quiet moment") {
  const TemporaryFolder folder;
  Checkpoints checkpoints;
  const auto database = open_database({.path = folder.file("hub.db")}, checkpoints.observer());
  REQUIRE(run(*database, write("CREATE TABLE t (pad BLOB)")) == Status::kOk);
  REQUIRE(run(*database, write("INSERT INTO t VALUES (zeroblob(2000000))")) == Status::kOk);
  CHECK(checkpoints.wait_for_one());
}

TEST_CASE("under steady writing the log stays near its limit") {
  const TemporaryFolder folder;
  Checkpoints checkpoints;
  constexpr std::int64_t kLimit = std::int64_t{2} << 20;
  {
    const auto database =
        open_database({.path = folder.file("hub.db"), .max_wal_bytes = kLimit}, checkpoints.observer());
    REQUIRE(run(*database, write("CREATE TABLE t (pad BLOB)")) == Status::kOk);
    for (int i = 0; i < 200; ++i) {
      REQUIRE(run(*database, write("INSERT INTO t VALUES (zeroblob(100000))")) == Status::kOk);
    }
    CHECK(checkpoints.count() >= 5);  // 20 MB went through
  }
  CHECK(checkpoints.largest_wal > kLimit / 2);
  CHECK(checkpoints.largest_wal < 2 * kLimit);
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
