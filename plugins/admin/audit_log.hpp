// The audit log: who did what, on what, when, from where, and with which outcome. What succeeded is written by whoever
// did it, in the same batch as the change; what was refused or failed is written here, bounded for each source, so that
// nobody fills the disk with refusals.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gatetorio/content.hpp"
#include "gatetorio/database.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/identifiers.hpp"
#include "gatetorio/lists.hpp"
#include "gatetorio/time_text.hpp"
#include "gatetorio/token_bucket.hpp"

namespace gatetorio::admin {

// Each that is given must hold. `who`, `action` and `target` are compared from the beginning: "device" finds all
// actions on devices.
struct AuditInput {
  std::optional<Label<128>> who;
  std::optional<Label<64>> action;
  std::optional<Label<128>> target;
  std::optional<Label<16>> outcome;
  std::optional<TimeText> from;
  std::optional<TimeText> until;  // not included
  std::optional<ListLimit> limit;
  std::optional<RowId> cursor;
};
BOOST_DESCRIBE_STRUCT(AuditInput, (), (who, action, target, outcome, from, until, limit, cursor))

struct AuditEntry {
  std::int64_t id = 0;
  Timestamp at;
  std::string who;
  std::string who_name;  // of an admin; else empty
  std::string action;
  std::string target;
  std::string peer;
  std::string outcome;
  std::string detail;
  std::string request_id;
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (), (id, at, who, who_name, action, target, peer, outcome, detail, request_id))

// Newest first. A page looks at a bounded piece of the log: it may have fewer entries than asked for, or none, and
// still a next_cursor.
struct AuditOutput {
  std::vector<AuditEntry> entries;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(AuditOutput, (), (entries, next_cursor))

// Any thread.
class AuditLog {
 public:
  AuditLog(Host& host, Database& database) : host_(host), database_(database) {}

  // JSON, or CSV (RFC 4180) where the caller prefers it.
  Task<Result<Bytes>> list(Call call, AuditInput input);

  // To be written soon: what was refused or failed.
  void refused(const OperationRefused& event);
  // A login with a wrong name, password or code. The name that was typed is not kept: it may be a password in the wrong
  // field. `admin_id` 0: there is none of that name.
  void wrong_login(const Call& call, std::int64_t admin_id);
  // Writes what waits; every kWrite. Errors: those of the storage, which gets it the next time.
  static constexpr std::chrono::milliseconds kWrite{500};
  Task<Result<void>> flush();

 private:
  static constexpr TokenRate kOfSource{.per_second = 1, .most = 30};
  static constexpr std::size_t kMostSources = 5'000, kMostWaiting = 2'000;

  Task<Result<AuditOutput>> read(AuditInput input);
  Task<Result<void>> write(std::vector<OperationRefused> entries);

  Host& host_;
  Database& database_;
  std::mutex mutex_;  // guards what follows
  std::deque<OperationRefused> waiting_;
  struct Source {
    TokenBucket bucket;
    std::uint64_t left_out = 0;  // since its last entry
  };
  std::map<std::string, Source> sources_;
};

}  // namespace gatetorio::admin
