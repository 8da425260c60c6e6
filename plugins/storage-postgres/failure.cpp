#include "failure.hpp"

#include <libpq-fe.h>

#include <utility>

namespace gatetorio::storage_postgres {
namespace {

constexpr std::uint32_t kRetryAfterS = 1;

struct Meaning {
  std::string_view sqlstate;  // or the beginning of it
  Status status;
  Remedy remedy;
  const char* detail;
};

constexpr const char* kRule = "The data violates a rule of the database.";
constexpr const char* kRefused = "The database refused the statement.";
constexpr const char* kCannot = "The database cannot be used now.";
constexpr const char* kBusy = "The database is busy.";

// Every class of Appendix A of PostgreSQL's manual; the first line that fits counts. Whatever the server, its operator
// or other sessions can cause is kUnavailable: the same request may succeed later, and nobody's input is to blame. What
// is left is the data's (a rule that it breaks, a value that does not fit) or the plugin's (SQL that cannot work).
constexpr Meaning kMeanings[] = {
    // A rule that the data breaks.
    {"23505", Status::kConflict, Remedy::kNone, "It exists already."},
    {"23P01", Status::kConflict, Remedy::kNone, "It exists already."},
    {"23", Status::kInvalid, Remedy::kNone, kRule},
    {"27", Status::kInvalid, Remedy::kNone, kRule},  // changed again by a trigger
    {"44", Status::kInvalid, Remedy::kNone, kRule},  // WITH CHECK OPTION
    {"40002", Status::kInvalid, Remedy::kNone, kRule},
    {"P0", Status::kInvalid, Remedy::kNone, kRule},  // raised by a trigger
    // A value that does not fit.
    {"22", Status::kInvalid, Remedy::kNone, kRefused},
    {"54", Status::kTooLarge, Remedy::kNone, "A value is too large for the database."},
    // Other sessions are in the way.
    {"40003", Status::kTimeout, Remedy::kReconnect, "It is not known whether this was stored."},
    {"08007", Status::kTimeout, Remedy::kReconnect, "It is not known whether this was stored."},
    {"40", Status::kUnavailable, Remedy::kRepeat, kBusy},
    {"72", Status::kUnavailable, Remedy::kRepeat, kBusy},      // the snapshot is too old
    {"55P03", Status::kUnavailable, Remedy::kAside, kBusy},    // a lock
    {"26", Status::kUnavailable, Remedy::kPrepare, kBusy},     // a prepared statement that is not there,
    {"42P05", Status::kUnavailable, Remedy::kPrepare, kBusy},  // or is there already
    // The server is in trouble, or its operator has changed what this hub may do.
    {"57014", Status::kTimeout, Remedy::kNone, "The statement took too long."},
    {"53100", Status::kFull, Remedy::kNone, "The disk of the database is full."},
    {"25006", Status::kUnavailable, Remedy::kReconnect, "The database takes no writes now."},
    {"42501", Status::kUnavailable, Remedy::kNone, kCannot},    // a right was taken away
    {"08", Status::kUnavailable, Remedy::kReconnect, kCannot},  // 08P01 too: what poolers say of everything
    {"25", Status::kUnavailable, Remedy::kReconnect, kCannot},
    {"28", Status::kUnavailable, Remedy::kReconnect, kCannot},  // the role
    {"3D", Status::kUnavailable, Remedy::kReconnect, kCannot},  // the database
    {"3F", Status::kUnavailable, Remedy::kReconnect, kCannot},  // the schema
    {"57", Status::kUnavailable, Remedy::kReconnect, kCannot},
    {"53", Status::kUnavailable, Remedy::kNone, kCannot},
    {"55", Status::kUnavailable, Remedy::kNone, kCannot},
    {"58", Status::kUnavailable, Remedy::kNone, kCannot},
    {"F0", Status::kUnavailable, Remedy::kNone, kCannot},
    {"HV", Status::kUnavailable, Remedy::kNone, kCannot},
    {"XX", Status::kUnavailable, Remedy::kNone, kCannot},
    // SQL that cannot work: a plugin's fault.
    {"42", Status::kInvalid, Remedy::kNone, kRefused},
    {"0", Status::kInvalid, Remedy::kNone, kRefused},
    {"2", Status::kInvalid, Remedy::kNone, kRefused},
    {"3", Status::kInvalid, Remedy::kNone, kRefused},
};

// A table was altered since the statement was prepared. Not told apart by its code alone.
bool is_stale_plan(std::string_view sqlstate, std::string_view words) {
  return sqlstate == "0A000" && words.find("cached plan") != std::string_view::npos;
}

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

Failure failure_of(std::string_view sqlstate, std::string_view words) {
  Failure failure{.error = {.status = Status::kInternal, .detail = "The database failed."}};
  for (const Meaning& meaning : kMeanings) {
    if (!sqlstate.starts_with(meaning.sqlstate)) continue;
    failure.error = {.status = meaning.status, .detail = meaning.detail};
    failure.remedy = is_stale_plan(sqlstate, words) ? Remedy::kPrepare : meaning.remedy;
    break;
  }
  if (failure.error.status == Status::kUnavailable) failure.error.retry_after_s = kRetryAfterS;
  const bool is_normal = failure.error.status == Status::kConflict || failure.remedy == Remedy::kAside;
  if (!is_normal) failure.log = std::string(sqlstate) + ": " + std::string(words);
  return failure;
}

Failure failure_of(const PGresult* result, bool is_for_reading) {
  const std::string_view sqlstate = field(result, PG_DIAG_SQLSTATE);
  // Without a code it is libpq that speaks: the connection broke.
  if (sqlstate.empty()) return lost(false, PQresultErrorMessage(result));
  const std::string_view words = field(result, PG_DIAG_MESSAGE_PRIMARY);
  // On such a connection it is the hub that forbids writing.
  if (is_for_reading && sqlstate == "25006") {
    return invalid("A batch for reading must not write.", std::string(sqlstate).append(": ").append(words));
  }
  // Only the message itself: the server's DETAIL would quote values of rows.
  return failure_of(sqlstate, words);
}

Failure invalid(std::string detail, std::string log) {
  return {.error = {.status = Status::kInvalid, .detail = std::move(detail)}, .log = std::move(log)};
}

Failure lost(bool is_committing, std::string log) {
  if (is_committing) {
    return {.error = {.status = Status::kTimeout,
                      .detail = "The connection to the database ended; it is not known whether this was stored."},
            .log = std::move(log),
            .remedy = Remedy::kReconnect};
  }
  return {.error = {.status = Status::kUnavailable, .detail = kCannot, .retry_after_s = kRetryAfterS},
          .log = std::move(log),
          .remedy = Remedy::kReconnect};
}

}  // namespace gatetorio::storage_postgres
