#include "audit_log.hpp"

#include <algorithm>

#include "csv.hpp"

namespace gatetorio::admin {

namespace {

using sql::Batch;
using sql::Mode;

// So many entries a page looks at: what is rare must not make a page slow.
constexpr std::int64_t kWindow = 50'000;

std::string to_csv(const AuditOutput& page) {
  std::string out = "id,at,who,who_name,action,target,peer,outcome,detail,request_id\r\n";
  for (const AuditEntry& entry : page.entries) {
    out += std::to_string(entry.id) + "," + to_rfc3339(entry.at);
    for (const std::string* text : {&entry.who, &entry.who_name, &entry.action, &entry.target, &entry.peer,
                                    &entry.outcome, &entry.detail, &entry.request_id}) {
      out.append(",").append(csv_field(*text));
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace

Task<Result<Bytes>> AuditLog::list(Call call, AuditInput input) {
  const bool is_csv = call.preferred == "text/csv";
  const AuditOutput page = co_await ok(read(std::move(input)));
  if (is_csv) co_return Bytes{"text/csv; charset=utf-8; header=present", to_csv(page)};
  co_return Bytes{"application/json", json::write(page)};
}

Task<Result<AuditOutput>> AuditLog::read(AuditInput input) {
  const auto time = [](const std::optional<TimeText>& text) {
    return text ? std::optional(time_of(*text).us) : std::nullopt;
  };
  const std::optional<std::int64_t> from = time(input.from), until = time(input.until);
  const std::int64_t limit = input.limit ? input.limit->value : kDefaultListLimit;
  const std::string who = input.who ? input.who->value : "", action = input.action ? input.action->value : "",
                    target = input.target ? input.target->value : "",
                    outcome = input.outcome ? input.outcome->value : "";
  // The newest id of the wanted time, and where the window ends below it.
  Batch bounds(Mode::kRead);
  bounds.add(
      "SELECT COALESCE((SELECT id FROM gatetorio_audit WHERE at < $1 ORDER BY at DESC, id DESC LIMIT 1), 0),"
      " COALESCE((SELECT id FROM gatetorio_audit WHERE at >= $2 ORDER BY at, id LIMIT 1), $3),"
      " COALESCE((SELECT MAX(id) FROM gatetorio_audit), 0)",
      until.value_or(kForeverUs), from.value_or(0), kForeverUs);
  const sql::Results found = co_await ok(database_.run(std::move(bounds)));
  const std::int64_t youngest = found[0].integer(0, until ? 0 : 2);
  const std::int64_t newest = std::min(youngest, input.cursor ? input.cursor->value - 1 : kForeverUs);
  const std::int64_t oldest = from ? found[0].integer(0, 1) : 1;
  const std::int64_t last = std::max(oldest, newest - kWindow + 1);
  Batch batch(Mode::kRead);
  // The window has a limit, too, so that PostgreSQL reads it in its order and stops where the page is full.
  batch.add(
      "SELECT a.id, a.at, a.principal, a.action, a.target, a.peer, a.outcome, a.detail, a.request_id,"
      " COALESCE((SELECT name FROM admins WHERE 'admin:' || admins.id = a.principal),"
      " (SELECT 'token ' || name FROM admin_tokens WHERE 'admin:' || (admin_tokens.id + 1099511627776) = a.principal), "
      "'')"
      " FROM (SELECT id, at, principal, action, target, peer, outcome, detail, request_id FROM gatetorio_audit"
      " WHERE id <= $1 AND id >= $2 ORDER BY id DESC LIMIT $10) AS a WHERE a.at >= $3 AND a.at < $4"
      " AND SUBSTR(a.principal, 1, LENGTH($5)) = $5 AND SUBSTR(a.action, 1, LENGTH($6)) = $6"
      " AND SUBSTR(a.target, 1, LENGTH($7)) = $7 AND ($8 = '' OR a.outcome = $8)"
      " ORDER BY a.id DESC LIMIT $9",
      newest, last, from.value_or(0), until.value_or(kForeverUs), who, action, target, outcome, limit, kWindow);
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  const sql::Table& rows = results[0];
  AuditOutput out;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    out.entries.push_back({.id = rows.integer(row, 0),
                           .at = {rows.integer(row, 1)},
                           .who = rows.text(row, 2),
                           .who_name = rows.text(row, 9),
                           .action = rows.text(row, 3),
                           .target = rows.text(row, 4),
                           .peer = rows.text(row, 5),
                           .outcome = rows.text(row, 6),
                           .detail = rows.text(row, 7),
                           .request_id = rows.text(row, 8)});
  }
  const bool is_full = rows.rows() == static_cast<std::size_t>(limit);
  const std::int64_t next = is_full ? out.entries.back().id : last;
  if (next > oldest && next > 1) out.next_cursor = std::to_string(next);
  co_return out;
}

void AuditLog::refused(const OperationRefused& event) {
  const std::string& source = event.who == "anonymous" ? event.peer : event.who;
  const auto at = TokenBucket::Clock::now();
  const std::lock_guard lock(mutex_);
  if (sources_.size() >= kMostSources) {
    std::erase_if(sources_, [&](const auto& entry) { return entry.second.bucket.is_full(kOfSource, at); });
  }
  if (sources_.size() >= kMostSources) sources_.clear();
  Source& known = sources_.try_emplace(source, Source{TokenBucket(kOfSource, at)}).first->second;
  if (known.bucket.wait_s(kOfSource, at) > 0 || waiting_.size() >= kMostWaiting) {
    ++known.left_out;
    return;
  }
  known.bucket.spend(kOfSource, at);
  OperationRefused entry = event;
  if (known.left_out > 0) {
    entry.detail += " (" + std::to_string(known.left_out) + " more of this source are left out)";
    known.left_out = 0;
  }
  waiting_.push_back(std::move(entry));
}

void AuditLog::wrong_login(const Call& call, std::int64_t admin_id) {
  refused({.operation = "admin.login",
           .who = "anonymous",
           .peer = call.peer,
           .resource = admin_id == 0 ? "admin:unknown" : "admin:" + std::to_string(admin_id),
           .request_id = call.request_id,
           .status = 401,
           .detail = "Name, password or code is wrong.",
           .at_us = now().us});
}

Task<Result<void>> AuditLog::flush() {
  std::vector<OperationRefused> entries;
  {
    const std::lock_guard lock(mutex_);
    entries.assign(waiting_.begin(), waiting_.end());
    waiting_.clear();
  }
  if (entries.empty()) co_return Result<void>();
  const Result<void> written = co_await write(entries);
  if (written) co_return written;
  // Tried again with the next ones; the bound holds for those that wait, too.
  const std::lock_guard lock(mutex_);
  for (auto entry = entries.rbegin(); entry != entries.rend() && waiting_.size() < kMostWaiting; ++entry) {
    waiting_.push_front(std::move(*entry));
  }
  co_return written;
}

Task<Result<void>> AuditLog::write(std::vector<OperationRefused> entries) {
  Batch batch(Mode::kWrite);
  for (const OperationRefused& entry : entries) {
    // 503 is news for the caller more often than a fault: the gate is not there.
    const bool is_fault = entry.status >= 500 && entry.status != http_status(Status::kUnavailable);
    batch.add(
        "INSERT INTO gatetorio_audit (at, principal, peer, action, target, outcome, detail, request_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        entry.at_us, entry.who, entry.peer, entry.operation, entry.resource, is_fault ? "failed" : "refused",
        std::to_string(entry.status) + " " + entry.detail, entry.request_id);
  }
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

}  // namespace gatetorio::admin
