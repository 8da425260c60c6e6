// For providers of gatetorio.sql/1: reads the encoding of sql::Batch (sql.hpp) without copying. Every view points into
// the bytes that were given. Plugins that only use storage need none of this.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gatetorio/sql.hpp"
#include "gatetorio/utf8.hpp"

namespace gatetorio::sql {

struct StatementView {
  std::string_view sql;
  Expect expect = Expect::kAnything;
  std::uint32_t parameters = 0;  // that many calls of parameter() follow
};

class BatchReader {
 public:
  explicit BatchReader(std::string_view bytes) : in_(bytes) {}

  // Each returns false at bytes that are not a batch; for one that inspect() accepted they never do.
  bool mode(Mode& out) { return in_.raw(&out, 1) && out <= Mode::kWrite; }
  bool statement(StatementView& out) {
    return in_.view(out.sql) && in_.raw(&out.expect, 1) && out.expect <= Expect::kRow && in_.u32(out.parameters);
  }
  bool parameter(Cell& out) {
    if (!in_.raw(&out.type, 1)) return false;
    switch (out.type) {
      case Type::kNull:
        return true;
      case Type::kInteger:
        return in_.value(out.integer);
      case Type::kReal:
        return in_.value(out.real);
      case Type::kText:
      case Type::kBlob:
        return in_.view(out.bytes);
    }
    return false;
  }
  bool at_end() const { return in_.at_end(); }

 private:
  wire::Reader in_;
};

struct BatchShape {
  Mode mode = Mode::kRead;
  std::uint32_t statements = 0;
};

// Checks a whole batch before any of it runs: its form, at most 256 MiB, at least one statement, and values that every
// backend can store alike - text in UTF-8 without a zero byte, numbers that are numbers. Empty where one of these does
// not hold.
inline std::optional<BatchShape> inspect(std::string_view bytes) {
  constexpr std::size_t kMaxBatchBytes = std::size_t{256} << 20;
  const auto is_portable = [](const Cell& cell) {
    if (cell.type == Type::kText) return utf8::is_text(cell.bytes);
    return cell.type != Type::kReal || !std::isnan(cell.real);
  };
  BatchReader in(bytes);
  BatchShape shape;
  if (bytes.size() > kMaxBatchBytes || !in.mode(shape.mode)) return std::nullopt;
  while (!in.at_end()) {
    StatementView statement;
    if (!in.statement(statement)) return std::nullopt;
    for (std::uint32_t i = 0; i < statement.parameters; ++i) {
      Cell cell;
      if (!in.parameter(cell) || !is_portable(cell)) return std::nullopt;
    }
    ++shape.statements;
  }
  if (shape.statements == 0) return std::nullopt;
  return shape;
}

}  // namespace gatetorio::sql
