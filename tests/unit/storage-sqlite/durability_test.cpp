#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "storage_fixture.hpp"

namespace gatetorio::storage_sqlite {
namespace {

// In a process of its own: writes rows and puts the number of each on the pipe when it is acknowledged, until killed.
[[noreturn]] void write_until_killed(const std::string& path, int pipe, std::int64_t first) {
  auto opened = Database::open({.path = path, .max_wal_bytes = std::int64_t{1} << 20}, {});
  if (!opened) _exit(1);
  Database& database = **opened;
  if (run(database, write("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, pad TEXT)")) != Status::kOk) _exit(2);
  std::promise<void> never;
  std::vector<std::thread> writers;
  for (std::int64_t writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&database, pipe, id = first + writer]() mutable {
      for (;; id += 4) {
        if (run(database, write("INSERT INTO t VALUES ($1, $2)", id, std::string(500, 'x'))) != Status::kOk) _exit(3);
        if (::write(pipe, &id, sizeof id) != sizeof id) _exit(4);
      }
    });
  }
  never.get_future().wait();
  _exit(5);
}

// Lets such a process acknowledge `count` rows, kills it, and returns everything that it acknowledged.
std::set<std::int64_t> kill_after(const std::string& path, std::int64_t first, int count) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    write_until_killed(path, ends[1], first);
  }
  close(ends[1]);
  std::set<std::int64_t> acknowledged;
  std::int64_t id = 0;
  while (::read(ends[0], &id, sizeof id) == sizeof id) {
    acknowledged.insert(id);
    if (static_cast<int>(acknowledged.size()) == count) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return acknowledged;
}

TEST_CASE("every row that was acknowledged before a kill is there afterwards") {
  const TemporaryFolder folder;
  const std::string path = folder.file("hub.db");
  std::set<std::int64_t> acknowledged;
  for (const int count : {1, 57, 700}) {
    acknowledged.merge(kill_after(path, static_cast<std::int64_t>(acknowledged.size()) * 1000 + 1'000'000, count));
    const auto database = open_database({.path = path});
    for (const std::int64_t id : acknowledged) {
      REQUIRE(number(*database, read("SELECT count(*) FROM t WHERE id = $1", id)) == 1);
    }
  }
  CHECK(acknowledged.size() >= 758);
}

}  // namespace
}  // namespace gatetorio::storage_sqlite
