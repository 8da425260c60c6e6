// What a failed statement means to the caller, to the engine, and what the operator's log should say about it.
#pragma once

#include <string>
#include <string_view>

#include "gatetorio/result.hpp"

struct pg_result;

namespace gatetorio::storage_postgres {

// What the engine does about it.
enum class Remedy : std::uint8_t {
  kNone,       // the statement is wrong, or the data: the caller's
  kRepeat,     // other transactions were in the way: the same again may succeed
  kPrepare,    // a prepared statement is out of date: forget them and do the same again
  kReconnect,  // this connection is of no use any more
};

struct Failure {
  Error error;           // for the caller: no SQL text or value in it
  std::string log = {};  // for the log: PostgreSQL's words; empty where the failure is part of normal life (a taken id)
  Remedy remedy = Remedy::kNone;
};

// Translates an SQLSTATE: kConflict for a violated uniqueness, kInvalid for another constraint, bad SQL or a write in a
// batch for reading, kTimeout for a cancelled statement, kFull for a full disk, kTooLarge for an oversized value,
// kUnavailable for a server that cannot now, else kInternal. `words` are the server's, for the log.
Failure failure_of(std::string_view sqlstate, std::string_view words);
// Of a result that is an error.
Failure failure_of(const pg_result* result);

// A failure of the caller's own making: kInvalid, with `log` for the log.
Failure invalid(std::string detail, std::string log);

// The connection ended. `is_committing`: whether the server had been told to commit, so that nobody knows.
Failure lost(bool is_committing, std::string log);

}  // namespace gatetorio::storage_postgres
