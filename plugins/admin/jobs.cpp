#include "jobs.hpp"

#include <algorithm>
#include <set>

#include "gatetorio/secret.hpp"

namespace gatetorio::admin {

namespace {

using sql::Batch;
using sql::Mode;

constexpr std::chrono::milliseconds kLook(5'000);
constexpr std::int64_t kLeaseUs = 60 * kMicrosecondsPerSecond;
constexpr std::int64_t kRowsAtOnce = 25;

// What a kind of job calls for each row, and which parameters the item is: the second one, where there is one, stands
// behind the last slash of the item. Where the operation would answer a secret the job makes it, with this prefix, and
// the parameter `secret` takes its SHA-256: who asks for the job gets the secrets at once, and the hub keeps the
// hashes.
struct Kind {
  std::string_view name;
  std::string_view operation;
  std::string_view parameter;
  std::string_view second = {};
  std::string_view secret = {};
  std::string_view prefix = {};
};
constexpr Kind kKinds[] = {{"approve-devices", "registration.approve", "pending_id"},
                           {"deny-devices", "registration.deny", "pending_id"},
                           {"delete-devices", "registration.delete", "controller_id"},
                           {"release-devices", "registration.release", "controller_id", "", "key_hash", "gte_"},
                           {"revoke-sharing-tokens", "sharing.revoke", "token_id"},
                           {"delete-enrolment-keys", "registration.delete-key", "key_id"},
                           {"delete-users", "auth.delete-user", "user_id"},
                           {"delete-files", "file-transfer.delete", "controller_id", "file_id"}};

const Kind* find_kind(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [name](const Kind& k) { return k.name == name; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::string all_kinds() {
  std::string text;
  for (const Kind& kind : kKinds) text.append(text.empty() ? "" : ", ").append(kind.name);
  return text;
}

Error not_found() { return {.status = Status::kNotFound, .detail = "There is no such job."}; }
Error no_plugin() { return {.status = Status::kUnsupported, .detail = "No enabled plugin can do that."}; }

constexpr std::string_view kJobColumns = "id, kind, state, created_at, admin_name, total, done, failed";

const ListSource kJobs{.name = "admin_jobs",
                       .columns = kJobColumns,
                       .from = "admin_jobs",
                       .default_sort = "-id",
                       .sorts = {{"id", {list_integer("id")}}}};
const ListSource kRows{.name = "admin_job_rows",
                       .columns = "number, item, state, detail",
                       .from = "admin_job_rows",
                       .default_sort = "number",
                       .sorts = {{"number", {list_integer("number")}}},
                       .has_total = false};

JobEntry job_from(const sql::Table& rows, std::size_t row) {
  return {.job_id = rows.integer(row, 0),
          .kind = rows.text(row, 1),
          .state = rows.text(row, 2),
          .created_at = {rows.integer(row, 3)},
          .created_by = rows.text(row, 4),
          .total = rows.integer(row, 5),
          .done = rows.integer(row, 6),
          .failed = rows.integer(row, 7)};
}

}  // namespace

Task<Result<Reply<NewJobOutput>>> Jobs::create(Call call, NewJobInput input) {
  const Kind* kind = find_kind(input.kind);
  const bool has_secrets = kind != nullptr && !kind->secret.empty();
  std::set<std::string_view> seen;  // of two rows for one thing the second would end what the first made good
  Error wrong{.status = Status::kInvalid, .detail = "Some fields are wrong.", .fields = {}};
  if (kind == nullptr) wrong.fields.push_back({"/kind", "must be one of " + all_kinds()});
  if (input.items.empty() || input.items.size() > kMostItems) {
    wrong.fields.push_back({"/items", "must be 1 to " + std::to_string(kMostItems) + " entries"});
  }
  for (std::size_t i = 0; i < input.items.size() && wrong.fields.size() < 10; ++i) {
    const std::string& item = input.items[i];
    const bool has_form = !item.empty() && item.size() <= 128;
    if (!has_form) wrong.fields.push_back({"/items/" + std::to_string(i), "must be 1 to 128 bytes"});
    if (has_secrets && !seen.insert(item).second) {
      wrong.fields.push_back({"/items/" + std::to_string(i), "is there twice"});
    }
    if (!has_form || kind == nullptr || kind->second.empty() || item.find('/') != std::string::npos) continue;
    wrong.fields.push_back(
        {"/items/" + std::to_string(i), "must be " + std::string(kind->parameter) + "/" + std::string(kind->second)});
  }
  if (!wrong.fields.empty()) co_return wrong;
  if (operations_.find(kind->operation) == nullptr) co_return no_plugin();
  const Principal& self = *call.principal;
  const Timestamp at = now();
  const auto total = static_cast<std::int64_t>(input.items.size());
  NewJobOutput job{
      .kind = input.kind, .state = "running", .created_at = at, .created_by = self.name, .total = total, .secrets = {}};
  if (has_secrets) job.secrets.emplace();
  Batch batch(Mode::kWrite);
  // The rows follow in the same batch; their job is the newest, as nobody else writes meanwhile, or in PostgreSQL as
  // this transaction alone sees it.
  batch.add(
      "INSERT INTO admin_jobs (kind, state, admin_id, admin_name, role, peer, created_at, total, done, failed, "
      "lease_until)"
      " VALUES ($1, 'running', $2, $3, $4, $5, $6, $7, 0, 0, 0) RETURNING id",
      input.kind, self.id, self.name, self.role, call.peer, at, total);
  for (std::int64_t i = 0; i < total; ++i) {
    const std::string& item = input.items[static_cast<std::size_t>(i)];
    std::string secret_hash;
    if (has_secrets) {
      std::string secret = std::string(kind->prefix) + random_text();
      secret_hash = to_hex(sha256(secret));
      job.secrets->push_back({item, std::move(secret)});
    }
    batch.add(
        "INSERT INTO admin_job_rows (job_id, number, item, state, detail, secret_hash)"
        " SELECT MAX(id), $1, $2, 'waiting', '', $5 FROM admin_jobs WHERE admin_id = $3 AND created_at = $4",
        i + 1, item, self.id, at, secret_hash);
  }
  audit(batch, call, "admin.job", input.kind, R"({"rows":)" + std::to_string(total) + "}");
  const sql::Results done = co_await ok(database_.run(std::move(batch)));
  job.job_id = done[0].integer(0, 0);
  look_.wake();
  co_return Reply<NewJobOutput>(Status::kAccepted, std::move(job));
}

Task<Result<JobsOutput>> Jobs::list(Call, PageInput page) {
  const ListRows list = co_await ok(read_list(database_, ListQuery(kJobs, std::move(page))));
  JobsOutput out{{}, list.page.next_cursor, list.page.total};
  for (std::size_t row = 0; row < list.page.rows; ++row) out.jobs.push_back(job_from(list.table(), row));
  co_return out;
}

Task<Result<JobOutput>> Jobs::get(Call, JobInput input) {
  const std::int64_t id = input.job_id.value;
  const std::string sql = "SELECT " + std::string(kJobColumns) + " FROM admin_jobs WHERE id = $1";
  const sql::Results job = co_await ok(database_.read(sql, id));
  if (job[0].empty()) co_return not_found();
  ListQuery query(kRows, std::move(input));
  query.where("job_id = ?", id);
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  const sql::Table& table = list.table();
  JobOutput out{.job = job_from(job[0], 0), .rows = {}, .next_cursor = list.page.next_cursor};
  for (std::size_t row = 0; row < list.page.rows; ++row) {
    out.rows.push_back({table.integer(row, 0), table.text(row, 1), table.text(row, 2), table.text(row, 3)});
  }
  co_return out;
}

Task<Result<void>> Jobs::cancel(Call call, JobRef input) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE admin_jobs SET state = 'cancelled' WHERE id = $1 AND state = 'running'", input.job_id.value);
  audit(batch, call, "admin.cancel-job", "job:" + std::to_string(input.job_id.value));
  const Result<sql::Results> done = co_await database_.run(std::move(batch));
  if (!done && done.error().status == Status::kGuardFailed) co_return not_found();
  if (!done) co_return done.error();
  co_return Result<void>();
}

void Jobs::begin() {
  look_ = host_.every(kLook, [this] { return work(); }, {.what = "jobs of admins"});
  look_.wake();
}

Task<Result<void>> Jobs::work() {
  while (!host_.is_ending()) {
    const std::optional<Job> job = co_await ok(claim());
    if (!job) break;
    co_await ok(work_on(*job));  // where that fails its lease ends, and somebody goes on
  }
  co_return Result<void>();
}

Task<Result<std::optional<Jobs::Job>>> Jobs::claim() {
  const std::int64_t at = now().us;
  const sql::Results results = co_await ok(database_.write(
      "UPDATE admin_jobs SET lease_until = $1 WHERE id = (SELECT id FROM admin_jobs WHERE state = 'running'"
      " AND (lease_until < $2 OR lease_until > $3) ORDER BY id LIMIT 1) AND (lease_until < $2 OR lease_until > $3)"
      " RETURNING id, kind, admin_id, admin_name, role, peer",
      at + kLeaseUs, at, at + 2 * kLeaseUs));  // a lease so far ahead is of before the clock was set back
  const sql::Table& rows = results[0];
  if (rows.empty()) co_return std::optional<Job>();
  co_return std::optional(
      Job{.id = rows.integer(0, 0),
          .kind = rows.text(0, 1),
          .principal = {.kind = "admin", .id = rows.integer(0, 2), .name = rows.text(0, 3), .role = rows.text(0, 4)},
          .peer = rows.text(0, 5)});
}

Task<Result<void>> Jobs::work_on(Job job) {
  while (true) {
    std::vector<Row> rows = co_await ok(next_rows(job.id));
    if (rows.empty()) {
      co_await ok(database_.write(
          "UPDATE admin_jobs SET state = 'done', lease_until = 0 WHERE id = $1 AND state = 'running'", job.id));
      co_return Result<void>();
    }
    // Who asked for it may not be what it was then.
    const Result<Principal> current = co_await current_(job.principal);
    if (!current && current.error().status != Status::kNotFound) co_return current.error();
    if (current) job.principal = *current;
    std::size_t tried = 0;
    for (Row& row : rows) {
      if (host_.is_ending()) break;
      const bool goes_on = co_await ok(is_running(job.id));
      if (!goes_on) break;  // cancelled: what has not begun stays as it is
      ++tried;
      Result<void> done = Error{.status = Status::kForbidden, .detail = "Who asked for this is no admin any more."};
      if (current) done = co_await call(job, row);
      if (!done) row.error = done.error();
    }
    rows.resize(tried);
    co_await ok(save(job.id, std::move(rows)));
    if (host_.is_ending()) co_return Result<void>();
  }
}

Task<Result<bool>> Jobs::is_running(std::int64_t job_id) {
  const sql::Results results =
      co_await ok(database_.read("SELECT 1 FROM admin_jobs WHERE id = $1 AND state = 'running'", job_id));
  co_return !results[0].empty();
}

Task<Result<std::vector<Jobs::Row>>> Jobs::next_rows(std::int64_t job_id) {
  const sql::Results results = co_await ok(
      database_.read("SELECT r.number, r.item, r.secret_hash FROM admin_job_rows r JOIN admin_jobs j ON j.id = r.job_id"
                     " WHERE r.job_id = $1 AND r.state = 'waiting' AND j.state = 'running' ORDER BY r.number LIMIT $2",
                     job_id, kRowsAtOnce));
  std::vector<Row> rows;
  for (std::size_t row = 0; row < results[0].rows(); ++row) {
    rows.push_back({results[0].integer(row, 0), results[0].text(row, 1), results[0].text(row, 2)});
  }
  co_return rows;
}

Task<Result<void>> Jobs::save(std::int64_t job_id, std::vector<Row> rows) {
  Batch batch(Mode::kWrite);
  for (const Row& row : rows) {
    const bool has_failed = row.error.status != Status::kOk;
    batch.add(
        "UPDATE admin_job_rows SET state = $1, detail = $2 WHERE job_id = $3 AND number = $4 AND state = 'waiting'",
        has_failed ? "failed" : "done", row.error.detail, job_id, row.number);
  }
  // Counted, not added up: where a lease ran out two hubs may have worked on the same rows.
  batch.add(
      "UPDATE admin_jobs SET done = (SELECT COUNT(*) FROM admin_job_rows WHERE job_id = $1 AND state = 'done'),"
      " failed = (SELECT COUNT(*) FROM admin_job_rows WHERE job_id = $1 AND state = 'failed'), lease_until = $2"
      " WHERE id = $1",
      job_id, now().us + kLeaseUs);
  co_await ok(database_.run(std::move(batch)));
  co_return Result<void>();
}

Task<Result<void>> Jobs::call(Job job, Row row) {
  const Kind* kind = find_kind(job.kind);
  const OperationCalls::Operation* operation = kind == nullptr ? nullptr : operations_.find(kind->operation);
  if (operation == nullptr) co_return no_plugin();
  const std::size_t slash = kind->second.empty() ? std::string::npos : row.item.rfind('/');
  OperationCalls::Parameters parameters;
  parameters.emplace_back(kind->parameter, row.item.substr(0, slash));
  if (slash != std::string::npos) parameters.emplace_back(kind->second, row.item.substr(slash + 1));
  if (!kind->secret.empty()) parameters.emplace_back(kind->secret, row.secret_hash);
  OperationCalls::Caller caller{job.principal, job.peer,
                                "job-" + std::to_string(job.id) + "-" + std::to_string(row.number)};
  co_await ok(operations_.call(operation->number, std::move(parameters), std::move(caller)));
  co_return Result<void>();
}

}  // namespace gatetorio::admin
