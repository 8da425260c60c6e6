// The engine of storage-sqlite alone: inserts the rows of sqlite_floor.cpp through Database with `--outstanding` writes
// under way, then reads them one by one. Prints one JSON object.
//
//   sqlite_engine [--rows N] [--outstanding N] [--readers N] [--path FILE]
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <semaphore>
#include <thread>
#include <vector>

#include "database.hpp"

namespace {

using namespace gatetorio;
using Clock = std::chrono::steady_clock;

struct Settings {
  std::int64_t rows = 100'000;
  std::int64_t outstanding = 64;
  std::int64_t readers = 1;
  std::string path = "sqlite_engine.db";
};

std::string controller_of(std::int64_t row) {
  return "gate-" + std::to_string(static_cast<std::uint64_t>(row) * 0x9e3779b97f4a7c15u);
}

std::string insertion(std::int64_t row, std::mt19937_64& random) {
  std::uint64_t hash[8];
  for (auto& word : hash) word = random();
  const std::string_view bytes(reinterpret_cast<const char*>(hash), sizeof hash);
  const std::string controller = controller_of(row);
  const std::int64_t now = 1'763'247'466'000'000 + row;
  sql::Batch batch(sql::Mode::kWrite);
  batch.add(
      "INSERT INTO devices(hardware_id, controller_id, name, firmware, token_hash, mqtt_hash, created_at, last_seen)"
      " VALUES($1, $2, 'Main gate', '1.4.2', $3, $4, $5, $5) RETURNING id",
      "B8:27:EB:" + std::to_string(random()), controller, sql::Blob{bytes.substr(0, 32)}, sql::Blob{bytes.substr(32)},
      now);
  batch.add(
      "INSERT INTO audit(at, principal, peer, action, target, outcome, detail, request_id)"
      " VALUES($1, $2, '192.0.2.1', 'device.register', $3, 'ok', '', '0123456789abcdef')",
      now, "device:" + std::to_string(row), controller);
  return batch.bytes();
}

void create_tables(storage_sqlite::Database& database) {
  sql::Batch batch(sql::Mode::kWrite);
  batch.add(
      "CREATE TABLE devices(id INTEGER PRIMARY KEY, hardware_id TEXT NOT NULL UNIQUE,"
      " controller_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, firmware TEXT NOT NULL, token_hash BLOB NOT NULL,"
      " mqtt_hash BLOB NOT NULL, created_at INTEGER NOT NULL, last_seen INTEGER NOT NULL)");
  batch.add(
      "CREATE TABLE audit(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, principal TEXT NOT NULL, peer TEXT NOT NULL,"
      " action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,"
      " request_id TEXT NOT NULL)");
  std::binary_semaphore done(0);
  database.run(batch.bytes(), [&done](Result<std::string> result) {
    if (!result) std::exit(1);
    done.release();
  });
  done.acquire();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Latencies of all writes in milliseconds.
std::vector<double> insert_all(storage_sqlite::Database& database, const Settings& settings) {
  std::counting_semaphore<> window(settings.outstanding);
  std::vector<double> latencies(static_cast<std::size_t>(settings.rows));
  std::atomic<bool> failed = false;
  std::mt19937_64 random(42);
  for (std::int64_t row = 0; row < settings.rows; ++row) {
    std::string batch = insertion(row, random);
    window.acquire();
    const auto start = Clock::now();
    double& latency = latencies[static_cast<std::size_t>(row)];
    database.run(std::move(batch), [&latency, &window, &failed, start](Result<std::string> result) {
      latency = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
      if (!result) failed = true;
      window.release();
    });
  }
  for (std::int64_t i = 0; i < settings.outstanding; ++i) window.acquire();
  if (failed) std::exit(1);
  return latencies;
}

void read_all(storage_sqlite::Database& database, const Settings& settings, std::int64_t reader) {
  for (std::int64_t row = reader; row < settings.rows; row += settings.readers) {
    sql::Batch batch(sql::Mode::kRead);
    batch.add("SELECT id, hardware_id, name, firmware, last_seen FROM devices WHERE controller_id = $1",
              controller_of(row));
    database.run(batch.bytes(), [](Result<std::string> result) {
      if (!result) std::exit(1);
    });
  }
}

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--rows") settings.rows = std::atoll(argv[i + 1]);
    if (name == "--outstanding") settings.outstanding = std::atoll(argv[i + 1]);
    if (name == "--readers") settings.readers = std::atoll(argv[i + 1]);
    if (name == "--path") settings.path = argv[i + 1];
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = parse(argc, argv);
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((settings.path + suffix).c_str());
  std::int64_t commits = 0;  // of the writer's thread until it is joined
  double checkpoint_s = 0;
  storage_sqlite::Observer observer;
  observer.committed = [&commits](const storage_sqlite::CommitReport&) { ++commits; };
  observer.checkpointed = [&checkpoint_s](double seconds) { checkpoint_s = std::max(checkpoint_s, seconds); };
  auto opened = storage_sqlite::Database::open({.path = settings.path}, observer);
  if (!opened) return 1;
  create_tables(**opened);

  const double cpu_before = cpu_seconds();
  const auto start = Clock::now();
  std::vector<double> latencies = insert_all(**opened, settings);
  const double write_s = std::chrono::duration<double>(Clock::now() - start).count();
  const double write_cpu_s = cpu_seconds() - cpu_before;
  std::sort(latencies.begin(), latencies.end());

  const auto read_start = Clock::now();
  std::vector<std::thread> readers;
  for (std::int64_t i = 0; i < settings.readers; ++i) {
    readers.emplace_back([&database = **opened, &settings, i] { read_all(database, settings, i); });
  }
  for (auto& reader : readers) reader.join();
  const double read_s = std::chrono::duration<double>(Clock::now() - read_start).count();
  (*opened)->shutdown([] {});
  (*opened)->join();

  const auto rows = static_cast<double>(settings.rows);
  std::printf(
      "{\"bench\":\"sqlite_engine\",\"rows\":%lld,\"outstanding\":%lld,\"writes_per_s\":%.0f,\"writes_per_cpu_s\":%.0f,"
      "\"batches_per_commit\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"worst_checkpoint_ms\":%.1f,"
      "\"reads_per_s\":%.0f}\n",
      static_cast<long long>(settings.rows), static_cast<long long>(settings.outstanding), rows / write_s,
      rows / write_cpu_s, rows / static_cast<double>(commits), latencies[latencies.size() / 2],
      latencies[latencies.size() * 99 / 100], latencies.back(), checkpoint_s * 1000, rows / read_s);
  return 0;
}
