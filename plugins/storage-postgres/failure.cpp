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

// The first that fits counts. Appendix A of PostgreSQL's manual names the codes.
constexpr Meaning kMeanings[] = {
    {"23505", Status::kConflict, Remedy::kNone, "It exists already."},
    {"23P01", Status::kConflict, Remedy::kNone, "It exists already."},
    {"23", Status::kInvalid, Remedy::kNone, kRule},
    {"40001", Status::kUnavailable, Remedy::kRepeat, "The database is busy."},
    {"40P01", Status::kUnavailable, Remedy::kRepeat, "The database is busy."},
    {"55P03", Status::kUnavailable, Remedy::kRepeat, "The database is busy."},
    {"26000", Status::kUnavailable, Remedy::kPrepare, "The database is busy."},
    {"22", Status::kInvalid, Remedy::kNone, kRefused},
    {"25006", Status::kInvalid, Remedy::kNone, "A batch for reading must not write."},
    {"42", Status::kInvalid, Remedy::kNone, kRefused},
    {"0A", Status::kInvalid, Remedy::kNone, kRefused},
    {"08P01", Status::kInvalid, Remedy::kNone, kRefused},
    {"2D", Status::kInvalid, Remedy::kNone, kRefused},
    {"21", Status::kInvalid, Remedy::kNone, kRefused},
    {"P0", Status::kInvalid, Remedy::kNone, kRule},  // raised by a trigger
    {"54", Status::kTooLarge, Remedy::kNone, "A value is too large for the database."},
    {"57014", Status::kTimeout, Remedy::kNone, "The statement took too long."},
    {"53100", Status::kFull, Remedy::kNone, "The disk of the database is full."},
    {"53", Status::kUnavailable, Remedy::kNone, kCannot},
    {"08", Status::kUnavailable, Remedy::kReconnect, kCannot},
    {"57", Status::kUnavailable, Remedy::kReconnect, kCannot},
    {"25", Status::kUnavailable, Remedy::kReconnect, kCannot},
    {"58", Status::kUnavailable, Remedy::kNone, kCannot},
    {"XX", Status::kUnavailable, Remedy::kNone, kCannot},
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
  if (failure.error.status != Status::kConflict) failure.log = std::string(sqlstate) + ": " + std::string(words);
  return failure;
}

Failure failure_of(const PGresult* result) {
  const std::string_view sqlstate = field(result, PG_DIAG_SQLSTATE);
  // Without a code it is libpq that speaks: the connection broke.
  if (sqlstate.empty()) return lost(false, PQresultErrorMessage(result));
  // Only the message itself: the server's DETAIL would quote values of rows.
  return failure_of(sqlstate, field(result, PG_DIAG_MESSAGE_PRIMARY));
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
