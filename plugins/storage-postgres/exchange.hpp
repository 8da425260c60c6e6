// Statements that are sent together and answered together: one trip to the server, whatever their number.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"
#include "connection.hpp"
#include "entry.hpp"

namespace gatetorio::storage_postgres {

// After a statement that fails the server skips what follows, up to the next sync().
class Exchange {
 public:
  explicit Exchange(Connection& connection);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // A statement of the engine's own, such as BEGIN.
  void control(const char* sql);
  // Asks whether the session is the one that was set up, whether the answers are to this very request, and whether it
  // can write where that is its purpose; where not, the connection is given up before anything that follows counts.
  void check_session();
  // All statements of the batch. The entry gets their results, or the failure of the first that failed; entries that
  // the server skipped get neither.
  void batch(Entry& entry);
  void sync();

  // Sends, and reads all answers. False where the connection is of no use any more: then nothing that was not answered
  // can be relied upon. Once.
  bool finish();

  // Of the first control statement that failed.
  const std::optional<Failure>& control_failure() const { return control_failure_; }
  // The tag of the last control statement that succeeded: "COMMIT" or "ROLLBACK" for a COMMIT.
  const std::string& control_tag() const { return control_tag_; }
  // Whether this exchange has answered the whole batch of the entry.
  static bool is_answered(const Entry& entry) { return entry.failure || entry.answered == entry.statements; }

 private:
  enum class Kind : std::uint8_t { kControl, kCheck, kPrepare, kStatement, kSync };
  struct Step {
    Kind kind;
    Entry* entry = nullptr;
    Prepared* prepared = nullptr;
    sql::Expect expect = sql::Expect::kAnything;
    std::int32_t statement = -1;
    std::string_view sql = {};
    std::string question = {};  // of a check: what its answer repeats
  };
  void statement(Entry& entry, const sql::StatementView& view, sql::BatchReader& in, std::int32_t index);
  void prepare(Prepared& prepared, const Step& step);
  void step_sent(int is_sent, Step step);
  bool read(const Step& step);
  void take(const Step& step, const PGresult* result);
  void take_check(const Step& step, const PGresult* result);
  void take_rows(const Step& step, const PGresult* result);
  static void fail(Entry& entry, Failure failure, const Step& step);

  Connection& connection_;
  Arguments arguments_;
  std::vector<Step> steps_;
  std::optional<Failure> control_failure_;
  std::string control_tag_;
};

}  // namespace gatetorio::storage_postgres
