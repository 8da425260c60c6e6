#include <sqlite3.h>

#include <memory>

#include "support/people.hpp"
#include "support/postgres_server.hpp"

namespace gatetorio::testing {

namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};

std::unique_ptr<sqlite3, Close> open(const HubProcess& hub) {
  const auto file = hub.data_dir() / "storage-sqlite" / "hub.db";
  sqlite3* database = nullptr;
  if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
    sqlite3_close(database);
    throw std::runtime_error("no database in " + hub.data_dir().string());
  }
  sqlite3_busy_timeout(database, 5'000);
  return std::unique_ptr<sqlite3, Close>(database);
}

int take_number(void* out, int columns, char** values, char**) {
  if (columns > 0 && values[0] != nullptr) *static_cast<std::int64_t*>(out) = std::strtoll(values[0], nullptr, 10);
  return 0;
}

std::int64_t execute(const HubProcess& hub, const std::string& sql) {
  if (!hub.database_url().empty()) {
    const std::string answer = ask_postgres(hub.database_url(), sql);
    return answer == "t" ? 1 : std::strtoll(answer.c_str(), nullptr, 10);
  }
  const auto database = open(hub);
  std::int64_t number = 0;
  char* wrong = nullptr;
  if (sqlite3_exec(database.get(), sql.c_str(), &take_number, &number, &wrong) != SQLITE_OK) {
    const std::string why = wrong == nullptr ? "" : wrong;
    sqlite3_free(wrong);
    throw std::runtime_error(sql + ": " + why);
  }
  return number;
}

}  // namespace

void change_database(const HubProcess& hub, const std::string& sql) { execute(hub, sql); }
std::int64_t ask_database(const HubProcess& hub, const std::string& sql) { return execute(hub, sql); }

}  // namespace gatetorio::testing
