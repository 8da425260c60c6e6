// The floor: libpq alone, each of N threads with a connection of its own and one statement a trip, as a careful program
// without pipelines would do it. Prints one JSON object.
//
//   postgres_bare URL register|discover --connections N --seconds S
#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "statements.hpp"

namespace {

using Clock = std::chrono::steady_clock;

void must(PGconn* connection, PGresult* result) {
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    std::fprintf(stderr, "%s", PQerrorMessage(connection));
    std::exit(1);
  }
}

class Session {
 public:
  explicit Session(const char* url) : connection_(PQconnectdb(url)) {
    for (const char* sql :
         {bench::kInsertDevice, bench::kInsertAudit, bench::kFindUser, bench::kFindGrants, bench::kFindDevices}) {
      PGresult* result = PQprepare(connection_, sql, sql, 0, nullptr);
      must(connection_, result);
      PQclear(result);
    }
  }
  ~Session() { PQfinish(connection_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void control(const char* sql) {
    PGresult* result = PQexec(connection_, sql);
    must(connection_, result);
    PQclear(result);
  }
  Session& text(std::string value) { return add(std::move(value)); }
  Session& number(std::int64_t value) {
    value = static_cast<std::int64_t>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
    return add(std::string(reinterpret_cast<const char*>(&value), sizeof value));
  }
  // Runs a statement with the values added before; its rows' first columns.
  std::vector<std::int64_t> run(const char* sql) {
    std::vector<const char*> values;
    std::vector<int> lengths, formats(values_.size(), 1);
    for (const std::string& value : values_) {
      values.push_back(value.data());
      lengths.push_back(static_cast<int>(value.size()));
    }
    PGresult* result = PQexecPrepared(connection_, sql, static_cast<int>(values.size()), values.data(), lengths.data(),
                                      formats.data(), 1);
    must(connection_, result);
    std::vector<std::int64_t> rows;
    for (int row = 0; row < PQntuples(result); ++row) {
      std::uint64_t word = 0;
      std::memcpy(&word, PQgetvalue(result, row, 0), sizeof word);
      rows.push_back(static_cast<std::int64_t>(__builtin_bswap64(word)));
    }
    PQclear(result);
    values_.clear();
    return rows;
  }

 private:
  Session& add(std::string value) {
    values_.push_back(std::move(value));
    return *this;
  }
  PGconn* connection_;
  std::vector<std::string> values_;
};

void enrol(Session& session, std::int64_t row) {
  const std::int64_t now = 1'763'247'466'000'000 + row;
  const std::string name = std::to_string(row);
  session.control("BEGIN");
  session.text("hw-" + name).text("gate-" + name).text("Main gate").text("1.4.2").text(bench::hash_of(row, 1));
  session.text(bench::hash_of(row, 2)).number(now).run(bench::kInsertDevice);
  session.number(now).text("hardware:hw-" + name).run(bench::kInsertAudit);
  session.control("COMMIT");
}

void discover(Session& session, std::int64_t row) {
  const auto user = session.text(bench::hash_of(row % bench::kUsers, 3)).run(bench::kFindUser);
  const auto devices = session.number(user.at(0)).number(1).run(bench::kFindGrants);
  for (std::size_t i = 0; i < 8; ++i) session.number(devices.at(std::min(i, devices.size() - 1)));
  if (session.run(bench::kFindDevices).size() != devices.size()) std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return 64;
  const bool is_register = std::string_view(argv[2]) == "register";
  const int connections = std::atoi(argv[4]);
  const auto end = Clock::now() + std::chrono::milliseconds(static_cast<int>(1000 * std::atof(argv[6])));
  // Names that no other run has used.
  std::atomic<std::int64_t> next{std::chrono::system_clock::now().time_since_epoch().count() / 1000};
  std::atomic<std::int64_t> done{0};
  const auto begun = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      Session session(argv[1]);
      while (Clock::now() < end) {
        const std::int64_t row = ++next;
        is_register ? enrol(session, row) : discover(session, row);
        ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::printf("{\"per_second\": %.0f}\n", static_cast<double>(done) / seconds);
}
