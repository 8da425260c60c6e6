#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "copy_side.hpp"
#include "gatetorio/file_lock.hpp"

namespace gatetorio::storage_postgres {
namespace {

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? "\"\"" : std::string(1, c));
  return text + "\"";
}

std::string list_of(const CopyTable& table) {
  std::string list;
  for (const std::string& column : table.columns) list.append(list.empty() ? "" : ", ").append(quoted(column));
  return list;
}

CopyCell cell_of(sqlite3_stmt* statement, int column) {
  const auto bytes = [&](const void* data) {
    return std::string(static_cast<const char*>(data),
                       static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return {.type = sql::Type::kInteger, .integer = sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return {.type = sql::Type::kReal, .real = sqlite3_column_double(statement, column)};
    case SQLITE_TEXT:
      return {.type = sql::Type::kText, .bytes = bytes(sqlite3_column_text(statement, column))};
    case SQLITE_BLOB: {
      const void* data = sqlite3_column_blob(statement, column);
      return {.type = sql::Type::kBlob, .bytes = data == nullptr ? std::string() : bytes(data)};
    }
    default:
      return {};
  }
}

void bind(sqlite3_stmt* statement, int index, const CopyCell& cell) {
  const int size = static_cast<int>(cell.bytes.size());
  switch (cell.type) {
    case sql::Type::kInteger:
      sqlite3_bind_int64(statement, index, cell.integer);
      break;
    case sql::Type::kReal:
      sqlite3_bind_double(statement, index, cell.real);
      break;
    case sql::Type::kText:
      sqlite3_bind_text(statement, index, cell.bytes.data(), size, SQLITE_STATIC);
      break;
    case sql::Type::kBlob:
      size == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                : sqlite3_bind_blob(statement, index, cell.bytes.data(), size, SQLITE_STATIC);
      break;
    case sql::Type::kNull:
      sqlite3_bind_null(statement, index);
      break;
  }
}

class SqliteSide : public CopySide {
 public:
  SqliteSide(const std::string& path, bool for_writing) {
    if (::access(path.c_str(), R_OK) != 0) throw CopyError("there is no " + path);
    lock(path, for_writing);
    const int mode = for_writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path.c_str(), &database_, mode, nullptr) != SQLITE_OK) {
      const std::string why = sqlite3_errmsg(database_);
      close();
      throw CopyError("cannot open " + path + ": " + why);
    }
    sqlite3_busy_timeout(database_, 10'000);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);  // the hub alone checkpoints
    if (for_writing) execute("PRAGMA synchronous = FULL");
    execute(for_writing ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  ~SqliteSide() override { close(); }
  SqliteSide(const SqliteSide&) = delete;
  SqliteSide& operator=(const SqliteSide&) = delete;

  std::vector<std::string> migrations() override {
    std::vector<std::string> all;
    query("SELECT plugin || '/' || number FROM gatetorio_migrations WHERE plugin NOT LIKE 'storage-%'",
          [&all](CopyRow row) { all.push_back(row[0].bytes); });
    std::sort(all.begin(), all.end());
    return all;
  }

  std::vector<CopyTable> tables() override {
    std::vector<CopyTable> all;
    query(
        "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'"
        " AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'gatetorio_migrations' ORDER BY m.name, c.name",
        [&all](CopyRow row) {
          if (all.empty() || all.back().name != row[0].bytes) all.push_back({row[0].bytes, {}});
          all.back().columns.push_back(row[1].bytes);
        });
    return all;
  }

  std::int64_t count(const CopyTable& table) override { return number("SELECT count(*) FROM " + quoted(table.name)); }

  void read(const CopyTable& table, const std::function<void(CopyRow)>& take) override {
    query("SELECT " + list_of(table) + " FROM " + quoted(table.name), take);
  }

  void append(const CopyTable& table, const std::vector<CopyRow>& rows) override {
    std::string marks;
    for (std::size_t i = 0; i < table.columns.size(); ++i) marks.append(i == 0 ? "?" : ", ?");
    sqlite3_stmt* statement =
        prepare("INSERT INTO " + quoted(table.name) + " (" + list_of(table) + ") VALUES (" + marks + ")");
    int code = SQLITE_DONE;
    for (std::size_t i = 0; i < rows.size() && code == SQLITE_DONE; ++i) {
      for (std::size_t j = 0; j < rows[i].size(); ++j) bind(statement, static_cast<int>(j) + 1, rows[i][j]);
      code = sqlite3_step(statement);
      sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) fail(table.name);
  }

  std::int64_t last_id(const CopyTable& table) override {
    const bool counts = number("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'") != 0;
    const std::int64_t kept =
        counts ? number("SELECT max(seq) FROM sqlite_sequence WHERE name = '" + table.name + "'") : 0;
    if (kept > 0 || std::find(table.columns.begin(), table.columns.end(), "id") == table.columns.end()) return kept;
    return number("SELECT max(id) FROM " + quoted(table.name) + " WHERE typeof(id) = 'integer'");
  }

  void set_last_id(const CopyTable& table, std::int64_t id) override {
    if (number("SELECT count(*) FROM sqlite_master WHERE name = '" + table.name + "' AND sql LIKE '%AUTOINCREMENT%'") ==
        0) {
      return;
    }
    execute("DELETE FROM sqlite_sequence WHERE name = '" + table.name + "'");
    execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('" + table.name + "', " + std::to_string(id) + ")");
  }

  void commit() override { execute("COMMIT"); }

 private:
  // As the hub does: one process at a time, also to read: what a hub acknowledges while it is read would be missing. A
  // file on which no hub has ever run has no lock, and gets none by being read.
  void lock(const std::string& path, bool for_writing) {
    std::error_code wrong;
    const auto real = std::filesystem::weakly_canonical(path, wrong);  // one lock, however many links lead to the file
    const std::string name = (wrong ? path : real.string()) + ".lock";
    if (!for_writing && ::access(name.c_str(), F_OK) != 0) return;
    auto taken = FileLock::take(name, "the database " + path);
    if (!taken) throw CopyError(taken.error().detail);
    lock_.emplace(*std::move(taken));
    // One that root made must not keep the hub's user out.
    struct stat owner {};
    if (::geteuid() != 0 || ::stat(path.c_str(), &owner) != 0) return;
    [[maybe_unused]] const int ignored = ::fchown(lock_->descriptor(), owner.st_uid, owner.st_gid);
  }

  void close() {
    sqlite3_close(std::exchange(database_, nullptr));
    lock_.reset();
  }

  [[noreturn]] void fail(const std::string& what) { throw CopyError(what + ": " + sqlite3_errmsg(database_)); }

  sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail("SQLite");
    return statement;
  }

  void execute(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail("SQLite");
  }

  void query(const std::string& sql, const std::function<void(CopyRow)>& take) {
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepare(sql), &sqlite3_finalize);
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
      CopyRow row;
      for (int i = 0; i < sqlite3_column_count(statement.get()); ++i) row.push_back(cell_of(statement.get(), i));
      take(std::move(row));
    }
    if (code != SQLITE_DONE) fail("SQLite");
  }

  std::int64_t number(const std::string& sql) {
    std::int64_t found = 0;
    query(sql, [&found](CopyRow row) { found = row[0].integer; });
    return found;
  }

  sqlite3* database_ = nullptr;
  std::optional<FileLock> lock_;
};

}  // namespace

std::unique_ptr<CopySide> sqlite_side(const std::string& path, bool for_writing) {
  return std::make_unique<SqliteSide>(path, for_writing);
}

}  // namespace gatetorio::storage_postgres
