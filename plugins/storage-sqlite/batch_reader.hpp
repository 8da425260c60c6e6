// Reads the encoding of sql::Batch (sql.hpp) without copying: every view points into the bytes that were given.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gatetorio/sql.hpp"

namespace gatetorio::storage_sqlite {

struct StatementView {
  std::string_view sql;
  sql::Expect expect = sql::Expect::kAnything;
  std::uint32_t parameters = 0;  // that many calls of parameter() follow
};

class BatchReader {
 public:
  explicit BatchReader(std::string_view bytes) : in_(bytes) {}

  // Each returns false at bytes that are not a batch; for one that inspect() accepted they never do.
  bool mode(sql::Mode& out);
  bool statement(StatementView& out);
  bool parameter(sql::Cell& out);
  bool at_end() const { return in_.at_end(); }

 private:
  wire::Reader in_;
};

struct BatchShape {
  sql::Mode mode = sql::Mode::kRead;
  std::uint32_t statements = 0;
};

// Checks a whole batch before any of it runs: its form, at least one statement, and values that every backend can store
// alike - text in UTF-8 without a zero byte, numbers that are numbers. Empty where one of these does not hold.
std::optional<BatchShape> inspect(std::string_view bytes);

// Whether the bytes are UTF-8 (no surrogates, no overlong forms) without a zero byte.
bool is_portable_text(std::string_view bytes);

}  // namespace gatetorio::storage_sqlite
