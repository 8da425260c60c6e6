// The engine of a storage plugin with the same statements, as the hub drives it: `--outstanding` calls at a time.
// Prints one JSON object. On SQLite it makes its tables and data first; on PostgreSQL run.py has made them.
//
//   postgres_statements URL register|discover --connections N --seconds S [--writers N] [--outstanding N]
//   sqlite_statements FILE ...
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "database.hpp"
#include "statements.hpp"

namespace {

using namespace gatetorio;
#ifdef ON_postgres
namespace engine = storage_postgres;
#else
namespace engine = storage_sqlite;
#endif
using Clock = std::chrono::steady_clock;

sql::Results results_of(Result<std::string> result) {
  sql::Results results;
  if (!result || !results.parse(*std::move(result))) {
    std::fprintf(stderr, "a batch failed: %s\n", result ? "" : result.error().detail.c_str());
    std::_Exit(1);
  }
  return results;
}

std::string registration(std::int64_t row) {
  const std::int64_t now = 1'763'247'466'000'000 + row;
  const std::string name = std::to_string(row);
  sql::Batch batch(sql::Mode::kWrite);
  batch.require(bench::kInsertDevice, "hw-" + name, "gate-" + name, "Main gate", "1.4.2",
                sql::Blob{bench::hash_of(row, 1)}, sql::Blob{bench::hash_of(row, 2)}, now);
  batch.add(bench::kInsertAudit, now, "hardware:hw-" + name);
  return batch.bytes();
}

template <class... Args>
std::string reading(const char* sql, const Args&... args) {
  sql::Batch batch(sql::Mode::kRead);
  batch.add(sql, args...);
  return batch.bytes();
}

// Three reads, each with what the one before found.
void discover(engine::Database& database, std::int64_t row, std::function<void()> done) {
  const std::string token = bench::hash_of(row % bench::kUsers, 3);
  database.run(reading(bench::kFindUser, sql::Blob{token}), [&database, done](Result<std::string> found) {
    const std::int64_t user = results_of(std::move(found))[0].integer(0, 0);
    database.run(reading(bench::kFindGrants, user, 1), [&database, done](Result<std::string> granted) {
      const sql::Results grants = results_of(std::move(granted));
      const auto device = [&grants](std::size_t i) { return grants[0].integer(std::min(i, grants[0].rows() - 1), 0); };
      database.run(reading(bench::kFindDevices, device(0), device(1), device(2), device(3), device(4), device(5),
                           device(6), device(7)),
                   [done, count = grants[0].rows()](Result<std::string> devices) {
                     if (results_of(std::move(devices))[0].rows() != count) std::_Exit(1);
                     done();
                   });
    });
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return 64;
  const bool is_register = std::string_view(argv[2]) == "register";
  std::size_t connections = 1, writers = 1;
  std::ptrdiff_t outstanding = 64;
  double wanted_s = 3;
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--connections") connections = static_cast<std::size_t>(std::atoi(argv[i + 1]));
    if (name == "--writers") writers = static_cast<std::size_t>(std::atoi(argv[i + 1]));
    if (name == "--outstanding") outstanding = std::atoi(argv[i + 1]);
    if (name == "--seconds") wanted_s = std::atof(argv[i + 1]);
  }
#ifdef ON_postgres
  auto opened = engine::Database::open({.login = {.url = argv[1]}, .readers = connections, .writers = writers}, {});
#else
  static_cast<void>(writers);
  auto opened = engine::Database::open({.path = argv[1], .readers = connections}, {});
#endif
  if (!opened) return 1;
  engine::Database& database = **opened;
  {
    std::binary_semaphore first(0);  // connected
    database.run(reading("SELECT 1"), [&first](Result<std::string>) { first.release(); });
    first.acquire();
  }
  std::atomic<std::int64_t> next{std::chrono::system_clock::now().time_since_epoch().count() / 1000};
  std::counting_semaphore<> window(outstanding);
  std::mutex mutex;
  std::vector<double> latencies_ms;
  const auto begun = Clock::now();
  const auto end = begun + std::chrono::milliseconds(static_cast<int>(1000 * wanted_s));
  while (Clock::now() < end) {
    window.acquire();
    const std::int64_t row = ++next;
    const auto done = [&, start = Clock::now()] {
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
      {
        const std::lock_guard lock(mutex);
        latencies_ms.push_back(ms);
      }
      window.release();
    };
    if (is_register) {
      database.run(registration(row), [done](Result<std::string> result) {
        results_of(std::move(result));
        done();
      });
    } else {
      discover(database, row, done);
    }
  }
  for (std::ptrdiff_t i = 0; i < outstanding; ++i) window.acquire();
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::sort(latencies_ms.begin(), latencies_ms.end());
  const auto at = [&](double part) {
    return latencies_ms[static_cast<std::size_t>(part * static_cast<double>(latencies_ms.size() - 1))];
  };
  std::printf("{\"per_second\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f}\n",
              static_cast<double>(latencies_ms.size()) / seconds, at(0.5), at(0.99));
}
