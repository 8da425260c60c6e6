// What SQLite alone can do: one thread that inserts device-like rows and an audit row each, `--group` of them to a
// commit, WAL, synchronous=FULL. The hub's registration is compared with this floor. Prints one JSON object.
//
//   sqlite_floor [--rows N] [--group N] [--savepoints] [--checkpoint-pages N] [--page-size N] [--path FILE]
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace {

struct Settings {
  std::int64_t rows = 100'000;
  std::int64_t group = 64;
  bool savepoints = false;
  std::int64_t checkpoint_pages = 8'000;
  std::int64_t page_size = 4096;
  std::string path = "sqlite_floor.db";
};

sqlite3* db = nullptr;

void check(int code, const char* what) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "sqlite_floor: %s: %s\n", what, sqlite3_errmsg(db));
  std::exit(1);
}

void exec(const std::string& sql) { check(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), sql.c_str()); }

sqlite3_stmt* prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  check(
      sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
      "prepare");
  return statement;
}

void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
  check(sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC), "bind");
}

void run(sqlite3_stmt* statement) {
  while (sqlite3_step(statement) == SQLITE_ROW) {
  }
  check(sqlite3_reset(statement), "step");
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void create(const Settings& settings) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((settings.path + suffix).c_str());
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  check(sqlite3_open_v2(settings.path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr),
        "open");
  exec("PRAGMA page_size=" + std::to_string(settings.page_size));
  exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8192;"
      "PRAGMA foreign_keys=ON;"
      "CREATE TABLE devices(id INTEGER PRIMARY KEY, hardware_id TEXT NOT NULL UNIQUE,"
      " controller_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, firmware TEXT NOT NULL, token_hash BLOB NOT NULL,"
      " mqtt_hash BLOB NOT NULL, created_at INTEGER NOT NULL, last_seen INTEGER NOT NULL);"
      "CREATE TABLE audit(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, principal TEXT NOT NULL, peer TEXT NOT NULL,"
      " action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,"
      " request_id TEXT NOT NULL)");
}

class Inserter {
 public:
  void insert(std::int64_t row) {
    const std::string hardware = "B8:27:EB:" + std::to_string(random_());
    const std::string controller = "gate-" + std::to_string(random_());
    std::uint64_t hash[8];
    for (auto& word : hash) word = random_();
    bind_text(device_, 1, hardware);
    bind_text(device_, 2, controller);
    check(sqlite3_bind_blob(device_, 3, hash, 32, SQLITE_STATIC), "bind");
    check(sqlite3_bind_blob(device_, 4, hash + 4, 32, SQLITE_STATIC), "bind");
    check(sqlite3_bind_int64(device_, 5, 1'763'247'466'000'000 + row), "bind");
    run(device_);
    const std::string principal = "device:" + std::to_string(row);
    check(sqlite3_bind_int64(audit_, 1, 1'763'247'466'000'000 + row), "bind");
    bind_text(audit_, 2, principal);
    bind_text(audit_, 3, controller);
    run(audit_);
  }

 private:
  std::mt19937_64 random_{42};
  sqlite3_stmt* device_ = prepare(
      "INSERT INTO devices(hardware_id, controller_id, name, firmware, token_hash, mqtt_hash, created_at, last_seen)"
      " VALUES($1, $2, 'Main gate', '1.4.2', $3, $4, $5, $5) RETURNING id");
  sqlite3_stmt* audit_ = prepare(
      "INSERT INTO audit(at, principal, peer, action, target, outcome, detail, request_id)"
      " VALUES($1, $2, '192.0.2.1', 'device.register', $3, 'ok', '', '0123456789abcdef')");
};

void checkpoint_if_due(const Settings& settings, int pages) {
  if (pages < settings.checkpoint_pages) return;
  check(sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr), "checkpoint");
}

void insert_all(const Settings& settings) {
  static int wal_pages = 0;
  sqlite3_wal_hook(
      db,
      [](void*, sqlite3*, const char*, int pages) {
        wal_pages = pages;
        return SQLITE_OK;
      },
      nullptr);
  Inserter inserter;
  sqlite3_stmt* begin = prepare("BEGIN IMMEDIATE");
  sqlite3_stmt* commit = prepare("COMMIT");
  sqlite3_stmt* save = prepare("SAVEPOINT b");
  sqlite3_stmt* release = prepare("RELEASE b");
  for (std::int64_t row = 0; row < settings.rows;) {
    run(begin);
    for (std::int64_t i = 0; i < settings.group && row < settings.rows; ++i, ++row) {
      if (settings.savepoints) run(save);
      inserter.insert(row);
      if (settings.savepoints) run(release);
    }
    run(commit);
    checkpoint_if_due(settings, wal_pages);
  }
}

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--savepoints") {
      settings.savepoints = true;
      continue;
    }
    if (i + 1 == argc) {
      std::fprintf(stderr, "sqlite_floor: %s needs a value\n", argv[i]);
      std::exit(2);
    }
    const char* value = argv[++i];
    if (name == "--rows") settings.rows = std::atoll(value);
    if (name == "--group") settings.group = std::atoll(value);
    if (name == "--checkpoint-pages") settings.checkpoint_pages = std::atoll(value);
    if (name == "--page-size") settings.page_size = std::atoll(value);
    if (name == "--path") settings.path = value;
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = parse(argc, argv);
  create(settings);
  const double cpu_before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  insert_all(settings);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = cpu_seconds() - cpu_before;
  const double rows = static_cast<double>(settings.rows);
  std::printf(
      "{\"bench\":\"sqlite_floor\",\"rows\":%lld,\"group\":%lld,\"savepoints\":%s,\"page_size\":%lld,"
      "\"checkpoint_pages\":%lld,\"seconds\":%.3f,\"cpu_s\":%.3f,\"rows_per_s\":%.0f,\"rows_per_cpu_s\":%.0f}\n",
      static_cast<long long>(settings.rows), static_cast<long long>(settings.group),
      settings.savepoints ? "true" : "false", static_cast<long long>(settings.page_size),
      static_cast<long long>(settings.checkpoint_pages), seconds, cpu, rows / seconds, rows / cpu);
  return 0;
}
