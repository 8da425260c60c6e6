#include "database.hpp"

#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

// Holds the writer's thread inside `committed` until it is opened.
class Gate {
 public:
  Observer observer() {
    Observer observer;
    observer.committed = [this](const CommitReport& report) {
      std::unique_lock lock(mutex_);
      largest_ = std::max(largest_, report.batches);
      ++commits_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
    };
    return observer;
  }
  void wait_until_closed_in() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kTestDeadline, [this] { return commits_ > 0; }));
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  std::size_t largest() {
    const std::lock_guard lock(mutex_);
    return largest_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int commits_ = 0;
  std::size_t largest_ = 0;
};

sql::Batch insert(std::int64_t id) { return write("INSERT INTO t (id) VALUES ($1)", id); }

TEST_CASE("writes that wait together share one commit and keep their order") {
  const TemporaryFolder folder;
  Gate gate;
  const auto database = open_database({.path = folder.file("hub.db")}, gate.observer());
  auto created = run_later(*database, write("CREATE TABLE t (id INTEGER)"));
  gate.wait_until_closed_in();
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::future<Result<std::string>>> answers;
  for (int i = 0; i < 300; ++i) {
    auto answer = std::make_shared<std::promise<Result<std::string>>>();
    answers.push_back(answer->get_future());
    database->run(insert(i).bytes(), [&, i, answer](Result<std::string> result) {
      const std::lock_guard lock(mutex);
      order.push_back(i);
      answer->set_value(std::move(result));
    });
  }
  gate.open();
  for (auto& answer : answers) CHECK(wait(std::move(answer)));
  CHECK(gate.largest() == 256);
  const std::lock_guard lock(mutex);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(order.size() == 300);
}

TEST_CASE("more than may wait are refused with a hint when to come back") {
  const TemporaryFolder folder;
  Gate gate;
  const auto database = open_database({.path = folder.file("hub.db"), .max_waiting = 3}, gate.observer());
  auto created = run_later(*database, write("CREATE TABLE t (id INTEGER)"));
  gate.wait_until_closed_in();
  std::vector<std::future<Result<std::string>>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(run_later(*database, insert(i)));
  const auto refused = wait(run_later(*database, insert(4)));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().status == Status::kUnavailable);
  CHECK(refused.error().retry_after_s == 1);
  gate.open();
  for (auto& answer : waiting) CHECK(wait(std::move(answer)));
  CHECK(number(*database, read("SELECT count(*) FROM t")) == 3);
}

TEST_CASE("a shutdown commits what waits and answers each request once") {
  const TemporaryFolder folder;
  std::atomic<int> answers = 0;
  std::atomic<int> committed = 0;
  {
    const auto database = open_database({.path = folder.file("hub.db")});
    REQUIRE(run(*database, write("CREATE TABLE t (id INTEGER)")) == Status::kOk);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          database->run(insert(i).bytes(), [&](Result<std::string> result) {
            ++answers;
            if (result) ++committed;
            if (!result && result.error().status != Status::kCancelled) ++answers;  // shows as a wrong count
          });
        }
      });
    }
    std::promise<void> closed;
    database->shutdown([&closed] { closed.set_value(); });
    CHECK(closed.get_future().wait_for(kTestDeadline) == std::future_status::ready);
    for (auto& caller : callers) caller.join();
  }
  CHECK(answers == 2000);
  const auto again = open_database({.path = folder.file("hub.db")});
  CHECK(number(*again, read("SELECT count(*) FROM t")) == committed);
}

TEST_CASE("after the grace a shutdown cancels what still waits") {
  const TemporaryFolder folder;
  Gate gate;
  const auto database =
      open_database({.path = folder.file("hub.db"), .stop_grace = std::chrono::milliseconds(0)}, gate.observer());
  auto created = run_later(*database, write("CREATE TABLE t (id INTEGER)"));
  gate.wait_until_closed_in();
  auto waiting = run_later(*database, insert(1));
  std::promise<void> closed;
  database->shutdown([&closed] { closed.set_value(); });
  gate.open();
  CHECK(closed.get_future().wait_for(kTestDeadline) == std::future_status::ready);
  const auto result = wait(std::move(waiting));
  REQUIRE_FALSE(result);
  CHECK(result.error().status == Status::kCancelled);
  CHECK(run(*database, insert(2)) == Status::kCancelled);
  CHECK(run(*database, read("SELECT 1")) == Status::kCancelled);
}

TEST_CASE("a second opener is refused and told who holds the file") {
  const TemporaryFolder folder;
  auto first = open_database({.path = folder.file("hub.db")});
  const auto second = Database::open({.path = folder.file("hub.db")}, {});
  REQUIRE_FALSE(second);
  CHECK(second.error().status == Status::kConflict);
  CHECK(second.error().detail.find("process " + std::to_string(getpid())) != std::string::npos);
  first.reset();
  CHECK(Database::open({.path = folder.file("hub.db")}, {}));
}

TEST_CASE("a file that is no database and a folder that is not there are reported") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  const auto text = Database::open({.path = folder.file("text.db")}, {});
  REQUIRE_FALSE(text);
  CHECK(text.error().status == Status::kUnavailable);
  const auto nowhere = Database::open({.path = folder.file("nowhere/hub.db")}, {});
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().status == Status::kUnavailable);
}

TEST_CASE("a clean stop leaves one file without a log") {
  const TemporaryFolder folder;
  {
    const auto database = open_database({.path = folder.file("hub.db")});
    REQUIRE(run(*database, write("CREATE TABLE t (id INTEGER)")) == Status::kOk);
  }
  CHECK_FALSE(std::filesystem::exists(folder.file("hub.db-wal")));
  CHECK(std::filesystem::file_size(folder.file("hub.db")) > 0);
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
