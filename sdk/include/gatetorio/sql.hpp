// gatetorio.sql/1: SQL storage, whichever backend the operator chose.
//
// The unit of work is a Batch: statements that run together, all or nothing. There is no open transaction to forget: a
// batch that fails leaves no trace, and one that succeeds is on disk before its answer arrives. Independent batches may
// share one disk flush.
//
// Write the portable subset: $1 parameters, ON CONFLICT, RETURNING, integers for times (microseconds, UTC) and for
// truth values. A statement may be made to expect a row: if it changes and returns none, the whole batch fails with
// kGuardFailed and Error::statement tells which one it was. That is how "only if" is said without a round trip.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "gatetorio/result.hpp"
#include "gatetorio/time.hpp"
#include "gatetorio/wire.hpp"

namespace gatetorio::sql {

inline constexpr std::string_view kServiceId = "gatetorio.sql/1";

// Request: the encoding of Batch below. Reply: the encoding that Results reads. Errors: kConflict for a violated
// uniqueness, kInvalid for another violated constraint or bad SQL, kGuardFailed, kUnavailable, kTimeout, kFull.
inline constexpr std::uint32_t kRunMethod = 1;
// Request: wire encoding of MigrateRequest; reply: empty. Errors: kConflict where an applied migration was changed or
// the database is newer than the code, kInvalid where a migration fails; the detail names the file.
inline constexpr std::uint32_t kMigrateMethod = 2;

struct MigrateRequest {
  std::string plugin;                         // whose migrations: the folder's name
  std::vector<std::string> directories = {};  // where to look for <directory>/<plugin>/NNNN_name.sql, first that exists
};
BOOST_DESCRIBE_STRUCT(MigrateRequest, (), (plugin, directories))

// For providers: the end of one request, with encoded results or why there are none. Called exactly once, on any
// thread.
using Done = std::function<void(Result<std::string>)>;

enum class Mode : std::uint8_t { kRead = 0, kWrite = 1 };
enum class Expect : std::uint8_t { kAnything = 0, kRow = 1 };
enum class Type : std::uint8_t { kNull = 0, kInteger = 1, kReal = 2, kText = 3, kBlob = 4 };

struct Blob {
  explicit Blob(std::string_view raw) : bytes(raw) {}
  std::string_view bytes;
};

// An argument whose type is known only when it is there.
using Value = std::variant<std::int64_t, std::string>;

// Encoding: u8 mode, then for each statement: u32 size and text, u8 expectation, u32 number of parameters, and for each
// a u8 type and its value (integer and real 8 bytes; text and blob u32 size and bytes).
class Batch {
 public:
  explicit Batch(Mode mode) { bytes_.push_back(static_cast<char>(mode)); }

  // Adds a statement. Arguments: integers, bool (0 or 1), double, strings, Blob, Timestamp, std::nullopt and optionals.
  template <class... Args>
  Batch& add(std::string_view sql, const Args&... args) {
    return statement(sql, Expect::kAnything, args...);
  }
  // The same with arguments whose number is known only when they are there.
  Batch& add(std::string_view sql, const std::vector<Value>& arguments) {
    begin(sql, Expect::kAnything, arguments.size());
    for (const Value& value : arguments) std::visit([this](const auto& held) { argument(held); }, value);
    return *this;
  }
  // Adds a statement that must change or return a row.
  template <class... Args>
  Batch& require(std::string_view sql, const Args&... args) {
    return statement(sql, Expect::kRow, args...);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  template <class... Args>
  Batch& statement(std::string_view sql, Expect expect, const Args&... args) {
    begin(sql, expect, sizeof...(Args));
    (argument(args), ...);
    return *this;
  }
  void begin(std::string_view sql, Expect expect, std::size_t arguments) {
    text(sql);
    bytes_.push_back(static_cast<char>(expect));
    wire::Writer(bytes_).u32(static_cast<std::uint32_t>(arguments));
  }
  void tag(Type type) { bytes_.push_back(static_cast<char>(type)); }
  void text(std::string_view value) {
    wire::Writer(bytes_).u32(static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
  }
  template <class T>
  void argument(const T& value) {
    if constexpr (std::is_same_v<T, std::nullopt_t>) {
      tag(Type::kNull);
    } else if constexpr (wire::kIsOptional<T>) {
      value ? argument(*value) : tag(Type::kNull);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      argument(value.us);
    } else if constexpr (std::is_same_v<T, Blob>) {
      tag(Type::kBlob);
      text(value.bytes);
    } else if constexpr (std::is_floating_point_v<T>) {
      tag(Type::kReal);
      wire::Writer(bytes_).value(static_cast<double>(value));
    } else if constexpr (std::is_integral_v<T>) {
      tag(Type::kInteger);
      wire::Writer(bytes_).value(static_cast<std::int64_t>(value));
    } else {
      tag(Type::kText);
      text(value);
    }
  }

  std::string bytes_;
};

struct Cell {
  Type type = Type::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes;  // text or blob
};

// What one statement gave.
class Table {
 public:
  std::int64_t changes = 0;  // rows inserted, updated or deleted
  std::uint32_t columns = 0;
  std::vector<Cell> cells;  // row after row

  std::size_t rows() const { return columns == 0 ? 0 : cells.size() / columns; }
  bool empty() const { return cells.empty(); }
  const Cell& at(std::size_t row, std::size_t column) const { return cells.at(row * columns + column); }
  bool is_null(std::size_t row, std::size_t column) const { return at(row, column).type == Type::kNull; }
  std::int64_t integer(std::size_t row, std::size_t column) const { return at(row, column).integer; }
  std::string text(std::size_t row, std::size_t column) const { return std::string(at(row, column).bytes); }
  std::optional<std::int64_t> integer_or_null(std::size_t row, std::size_t column) const {
    return is_null(row, column) ? std::nullopt : std::optional(integer(row, column));
  }
  std::optional<std::string> text_or_null(std::size_t row, std::size_t column) const {
    return is_null(row, column) ? std::nullopt : std::optional(text(row, column));
  }
};

// The answer to a batch: one Table a statement. Encoding, for each statement: i64 changes, u32 columns, u32 rows, then
// the cells as in Batch. Cells point into the bytes that this object owns.
class Results {
 public:
  // False for bytes that are not such an answer.
  bool parse(std::string bytes) {
    tables_.clear();
    bytes_ = std::make_unique<std::string>(std::move(bytes));
    wire::Reader in(*bytes_);
    while (!in.at_end()) {
      Table& table = tables_.emplace_back();
      std::uint32_t rows = 0;
      if (!in.value(table.changes) || !in.u32(table.columns) || !in.u32(rows)) return false;
      const std::uint64_t count = std::uint64_t{table.columns} * rows;
      if (count > bytes_->size()) return false;
      table.cells.resize(count);
      for (Cell& cell : table.cells) {
        if (!read(in, cell)) return false;
      }
    }
    return true;
  }
  const Table& operator[](std::size_t statement) const { return tables_.at(statement); }
  std::size_t size() const { return tables_.size(); }

 private:
  static bool read(wire::Reader& in, Cell& cell) {
    if (!in.raw(&cell.type, 1)) return false;
    switch (cell.type) {
      case Type::kNull:
        return true;
      case Type::kInteger:
        return in.value(cell.integer);
      case Type::kReal:
        return in.value(cell.real);
      case Type::kText:
      case Type::kBlob:
        return in.view(cell.bytes);
    }
    return false;
  }

  std::unique_ptr<std::string> bytes_;  // on the heap: its address stays when the object moves
  std::vector<Table> tables_;
};

}  // namespace gatetorio::sql
