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
  kAside,      // somebody holds a lock for longer: the batch waits where it is in nobody's way (detour.hpp)
  kPrepare,    // a prepared statement is out of date: forget them and do the same again
  kReconnect,  // this connection is of no use any more
};

struct Failure {
  Error error;           // for the caller: no SQL text or value in it
  std::string log = {};  // for the log: PostgreSQL's words; empty where the failure is part of normal life (a taken id)
  Remedy remedy = Remedy::kNone;
};

// Translates an SQLSTATE, by one table for all of them (failure.cpp): kConflict for a violated uniqueness, kInvalid for
// another rule, a value that does not fit or SQL that cannot work, kTooLarge for an oversized value, kTimeout for a
// cancelled statement, kFull for a full disk, kUnavailable for all that is the database's own trouble, and kInternal
// for what the manual does not know. `words` are the server's, for the log.
Failure failure_of(std::string_view sqlstate, std::string_view words);
// Of a result that is an error. `is_for_reading`: of a connection on which the hub itself forbids writing.
Failure failure_of(const pg_result* result, bool is_for_reading);

// A failure of the caller's own making: kInvalid, with `log` for the log.
Failure invalid(std::string detail, std::string log);

// The connection ended. `is_committing`: whether the server had been told to commit, so that nobody knows.
Failure lost(bool is_committing, std::string log);

}  // namespace gatetorio::storage_postgres
