#include "statement_run.hpp"

#include <sqlite3.h>

#include <cstring>

// The C API and not SQLiteCpp's Statement: this runs for every statement of the hub, a constraint that fails is normal
// life here (SQLiteCpp throws), and SQLiteCpp copies each column name, text and blob.
namespace gatetorio::storage_sqlite {
namespace {

// Where in a table's encoding its numbers are: i64 changes, u32 columns, u32 rows.
constexpr std::size_t kHeaderBytes = 16;

struct Reset {
  sqlite3_stmt* statement;
  ~Reset() { sqlite3_reset(statement); }
};

int bind(sqlite3_stmt* statement, int index, const sql::Cell& cell) {
  // The bytes outlive the statement's run, and every run binds all of its parameters again: nothing is copied.
  const char* data = cell.bytes.empty() ? "" : cell.bytes.data();
  switch (cell.type) {
    case sql::Type::kNull:
      return sqlite3_bind_null(statement, index);
    case sql::Type::kInteger:
      return sqlite3_bind_int64(statement, index, cell.integer);
    case sql::Type::kReal:
      return sqlite3_bind_double(statement, index, cell.real);
    case sql::Type::kText:
      return sqlite3_bind_text64(statement, index, data, cell.bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
    case sql::Type::kBlob:
      return sqlite3_bind_blob64(statement, index, data, cell.bytes.size(), SQLITE_STATIC);
  }
  return SQLITE_MISMATCH;
}

std::optional<Failure> bind_all(sqlite3* db, const Prepared& prepared, const StatementView& view, BatchReader& in) {
  if (view.parameters != prepared.parameters.size()) {
    return invalid("The database refused the statement.", "expected " + std::to_string(prepared.parameters.size()) +
                                                              " arguments, got " + std::to_string(view.parameters) +
                                                              " for: " + std::string(view.sql));
  }
  for (const int index : prepared.parameters) {
    sql::Cell cell;
    if (!in.parameter(cell)) return invalid("The batch cannot be read.", "a batch that changed after its inspection");
    if (const int code = bind(prepared.statement, index, cell); code != SQLITE_OK) return failure_of(db, code);
  }
  return std::nullopt;
}

void put_bytes(std::string& out, sql::Type type, const void* data, int size) {
  out.push_back(static_cast<char>(type));
  wire::Writer writer(out);
  writer.u32(static_cast<std::uint32_t>(size));
  if (size > 0) writer.raw(data, static_cast<std::size_t>(size));
}

void put_cell(std::string& out, sqlite3_stmt* statement, int column) {
  const auto tag = [&out](sql::Type type) { out.push_back(static_cast<char>(type)); };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      tag(sql::Type::kInteger);
      return wire::Writer(out).value(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
    case SQLITE_FLOAT:
      tag(sql::Type::kReal);
      return wire::Writer(out).value(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
      const void* data = sqlite3_column_text(statement, column);  // before its size: this may convert
      return put_bytes(out, sql::Type::kText, data, sqlite3_column_bytes(statement, column));
    }
    case SQLITE_BLOB: {
      const void* data = sqlite3_column_blob(statement, column);
      return put_bytes(out, sql::Type::kBlob, data, sqlite3_column_bytes(statement, column));
    }
    default:
      tag(sql::Type::kNull);
  }
}

void put_header(std::string& out, std::size_t at, std::int64_t changes, std::uint32_t columns, std::uint32_t rows) {
  std::memcpy(out.data() + at, &changes, sizeof changes);
  std::memcpy(out.data() + at + 8, &columns, sizeof columns);
  std::memcpy(out.data() + at + 12, &rows, sizeof rows);
}

}  // namespace

std::optional<Failure> run_prepared(sqlite3* db, Prepared& prepared, const StatementView& view, BatchReader& in,
                                    std::string& out) {
  const Reset reset{prepared.statement};
  if (auto failure = bind_all(db, prepared, view, in)) return failure;
  const std::size_t header = out.size();
  out.append(kHeaderBytes, '\0');
  const std::int64_t changes_before = sqlite3_total_changes64(db);
  std::uint32_t rows = 0;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(prepared.statement)) == SQLITE_ROW) {
    const int columns = sqlite3_column_count(prepared.statement);
    for (int column = 0; column < columns; ++column) put_cell(out, prepared.statement, column);
    ++rows;
    if (out.size() > kMaxResultBytes) {
      return Failure{.error = {.status = Status::kTooLarge, .detail = "The answer is too large."},
                     .log = "over 64 MiB of rows from: " + std::string(view.sql)};
    }
  }
  if (code != SQLITE_DONE) return failure_of(db, code);
  // sqlite3_changes keeps the number of an earlier statement where this one counts none (SELECT, CREATE TABLE).
  const bool counted = sqlite3_total_changes64(db) != changes_before;
  const std::int64_t changes = counted ? sqlite3_changes64(db) : 0;
  if (view.expect == sql::Expect::kRow && changes == 0 && rows == 0) {
    return Failure{.error = {.status = Status::kGuardFailed, .detail = "A required row is not there."}};
  }
  put_header(out, header, changes, static_cast<std::uint32_t>(sqlite3_column_count(prepared.statement)), rows);
  return std::nullopt;
}

}  // namespace gatetorio::storage_sqlite
