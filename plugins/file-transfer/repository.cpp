#include "repository.hpp"

#include <algorithm>

namespace gatetorio::file_transfer {

namespace {

using sql::Batch;
using sql::Blob;
using sql::Mode;

constexpr std::string_view kColumns =
    "id, device_id, name, kind, size, sha256, state, blob, creator_kind, creator_id, created_at, upload_until,"
    " announce, announcer_kind, announcer_id, charged, announced, reserved_until";

const ListSource kFiles{.name = "files",
                        .columns = kColumns,
                        .from = "files",
                        .default_sort = "-created_at",
                        .sorts = {{"created_at", {list_integer("created_at"), list_integer("id")}},
                                  {"name", {list_text("name"), list_integer("id")}},
                                  {"size", {list_integer("size"), list_integer("id")}}}};

File file_from(const sql::Table& table, std::size_t row) {
  return {.id = table.integer(row, 0),
          .device_id = table.integer(row, 1),
          .name = table.text(row, 2),
          .kind = table.text(row, 3),
          .size = table.integer(row, 4),
          .sha256 = table.text(row, 5),
          .state = table.text(row, 6),
          .blob = table.text(row, 7),
          .creator = {table.text(row, 8), table.integer(row, 9)},
          .created_at = {table.integer(row, 10)},
          .upload_until = {table.integer(row, 11)},
          .announce = static_cast<Announce>(table.integer(row, 12)),
          .announcer = {table.text(row, 13), table.integer(row, 14)},
          .charged = table.integer(row, 15),
          .announced = table.integer(row, 16),
          .reserved_until = {table.integer(row, 17)}};
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM files " + std::string(rest);
}
std::string target(const File& file) { return "device:" + std::to_string(file.device_id); }
std::string detail(const File& file) { return "{\"file_id\":" + std::to_string(file.id) + "}"; }

Result<bool> whether(const Result<sql::Results>& results) {
  if (results) return true;
  if (results.error().status == Status::kGuardFailed) return false;
  return results.error();
}

Result<void> nothing(const Result<sql::Results>& results) {
  if (!results) return results.error();
  return Result<void>();
}

// ---- totals: in every batch in this order, so that two batches never wait for each other --------------------------

std::string device_owner(const File& file) { return "device:" + std::to_string(file.device_id); }
std::string creator_owner(const File& file) { return "announced:" + key_of(file.creator); }

// Adds what of the file's size is not counted yet, where no more than `most` comes out.
void add_to(Batch& batch, const File& file, const std::string& owner, const std::string& counted, std::int64_t most) {
  batch.require("INSERT INTO file_totals (owner, bytes) SELECT $1, size - " + counted +
                    " FROM files WHERE blob = $2 AND size - " + counted +
                    " <= $3 ON CONFLICT (owner) DO UPDATE SET bytes = file_totals.bytes + excluded.bytes"
                    " WHERE file_totals.bytes + excluded.bytes <= $3",
                owner, file.blob, most);
}

// The statements after the batch's first one, in the order of full_or.
void charge(Batch& batch, const File& file, const Room& room, bool is_small) {
  add_to(batch, file, device_owner(file), "charged", room.of_device);
  add_to(batch, file, "hub", "charged", room.of_hub);
  if (!is_small) add_to(batch, file, creator_owner(file), "announced", room.of_creator);
  batch.add("UPDATE files SET charged = size, announced = CASE WHEN $2 = 1 THEN 0 ELSE size END WHERE blob = $1",
            file.blob, is_small ? 1 : 0);
}

Error full_or(const Error& error) {
  if (error.status != Status::kGuardFailed) return error;
  static constexpr std::string_view kWords[] = {
      "The device's files would take more than it may have.", "The hub's files would take more than it may have.",
      "You have announced more than you may before it has come: finish or give up other uploads first."};
  const auto which = static_cast<std::size_t>(std::clamp<std::int64_t>(error.statement - 1, 0, 2));
  return {.status = Status::kFull, .detail = std::string(kWords[which]), .retry_after_s = which == 2 ? 60u : 0u};
}

// Counts the file with `bytes` from now on, and as announced no more. Its row is locked by an earlier statement.
void uncharge(Batch& batch, const File& file, std::int64_t bytes) {
  for (const std::string& owner : {device_owner(file), std::string("hub")}) {
    batch.add("UPDATE file_totals SET bytes = bytes + $3 - (SELECT charged FROM files WHERE id = $2) WHERE owner = $1",
              owner, file.id, bytes);
  }
  batch.add("UPDATE file_totals SET bytes = bytes - (SELECT announced FROM files WHERE id = $2) WHERE owner = $1",
            creator_owner(file), file.id);
  batch.add("DELETE FROM file_totals WHERE owner = $1 AND bytes <= 0", creator_owner(file));
}

}  // namespace

Task<Result<std::int64_t>> Repository::create(File file, Room room, bool is_small, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "INSERT INTO files (device_id, name, kind, size, sha256, state, blob, creator_kind, creator_id, created_at,"
      " upload_until, completed_at, announce, reserved_until)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
      file.device_id, file.name, file.kind, file.size, file.sha256, file.state, file.blob, file.creator.kind,
      file.creator.id, file.created_at, file.upload_until, file.is_complete() ? file.created_at.us : 0,
      static_cast<std::int64_t>(file.announce), file.reserved_until);
  charge(batch, file, room, is_small);
  audit(batch, call, "file.create", target(file), "{\"kind\":\"" + file.kind + "\"}");
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return (*results)[0].integer(0, 0);
  co_return full_or(results.error());
}

Task<Result<void>> Repository::reserve(File file, Room room, Timestamp until) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE files SET reserved_until = $2 WHERE id = $1 AND state = 'uploading'", file.id, until);
  if (file.charged < file.size) charge(batch, file, room, false);
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (results) co_return Result<void>();
  const bool is_none = results.error().status == Status::kGuardFailed && results.error().statement == 0;
  if (!is_none) co_return full_or(results.error());
  co_return Error{.status = Status::kConflict, .detail = "The file is complete or gone."};
}

Task<Result<void>> Repository::release(File file, std::int64_t arrived) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE files SET reserved_until = 0 WHERE id = $1 AND state = 'uploading' AND reserved_until = $2",
                file.id, file.reserved_until);
  uncharge(batch, file, arrived);
  batch.add("UPDATE files SET charged = $2, announced = 0 WHERE id = $1", file.id, arrived);
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results && results.error().status == Status::kGuardFailed) co_return Result<void>();  // it goes on
  co_return nothing(results);
}

Task<Result<void>> Repository::keep_reserved(std::vector<std::int64_t> file_ids, Timestamp until) {
  if (file_ids.empty()) co_return Result<void>();
  Batch batch(Mode::kWrite);
  for (const std::int64_t id : file_ids) {
    batch.add("UPDATE files SET reserved_until = $2 WHERE id = $1 AND state = 'uploading' AND reserved_until > 0", id,
              until);
  }
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return nothing(results);
}

Task<Result<bool>> Repository::complete(File file, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "UPDATE files SET state = 'complete', sha256 = $2, completed_at = $3, announce = $4"
      " WHERE id = $1 AND state = 'uploading'",
      file.id, file.sha256, now(), static_cast<std::int64_t>(file.announce));
  uncharge(batch, file, file.size);
  batch.add("UPDATE files SET charged = size, announced = 0, reserved_until = 0 WHERE id = $1", file.id);
  if (file.announce != Announce::kNobody) put_job(batch, file.device_id);
  audit(batch, call, "file.complete", target(file), detail(file));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return whether(results);
}

Task<Result<std::vector<File>>> Repository::files_of(Batch batch) {
  const sql::Results results = co_await ok(database_.run(std::move(batch)));
  std::vector<File> files;
  for (std::size_t row = 0; row < results[0].rows(); ++row) files.push_back(file_from(results[0], row));
  co_return files;
}

Task<Result<File>> Repository::find(std::int64_t file_id) {
  Batch batch(Mode::kRead);
  batch.add(select("WHERE id = $1"), file_id);
  std::vector<File> files = co_await ok(files_of(std::move(batch)));
  if (files.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such file."};
  co_return std::move(files.front());
}

Task<Result<std::vector<File>>> Repository::list(std::int64_t device_id, FileKinds kinds, std::int64_t before,
                                                 std::int64_t limit) {
  Batch batch(Mode::kRead);
  if (kinds) {
    std::string among = ",";
    for (const std::string& kind : *kinds) among += kind + ",";
    batch.add(select("WHERE device_id = $1 AND id < $2 AND $4 LIKE '%,' || kind || ',%' ORDER BY id DESC LIMIT $3"),
              device_id, before, limit, among);
  } else {
    batch.add(select("WHERE device_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"), device_id, before, limit);
  }
  co_return co_await files_of(std::move(batch));
}

Task<Result<Repository::Page>> Repository::list_all(AllFilesInput input, std::optional<std::int64_t> device_id) {
  ListQuery query(kFiles, input);
  if (device_id) query.where("device_id = ?", *device_id);
  if (input.kind) query.where("kind = ?", std::string(boost::describe::enum_to_string(*input.kind, "")));
  if (input.state) query.where("state = ?", std::string(boost::describe::enum_to_string(*input.state, "")));
  const ListRows list = co_await ok(read_list(database_, std::move(query)));
  Page page{list.page, {}};
  for (std::size_t row = 0; row < list.page.rows; ++row) page.files.push_back(file_from(list.table(), row));
  co_return page;
}

Task<Result<std::optional<File>>> Repository::newest(std::int64_t device_id, std::string kind) {
  Batch batch(Mode::kRead);
  batch.add(select("WHERE device_id = $1 AND kind = $2 AND state = 'complete' ORDER BY id DESC LIMIT 1"), device_id,
            kind);
  std::vector<File> files = co_await ok(files_of(std::move(batch)));
  co_return files.empty() ? std::nullopt : std::optional(std::move(files.front()));
}

Task<Result<bool>> Repository::remove(File file, bool only_upload, std::string why, Call call) {
  Batch batch(Mode::kWrite);
  batch.require("UPDATE files SET reserved_until = 0 WHERE id = $1 AND ($2 = 0 OR state = 'uploading')", file.id,
                only_upload ? 1 : 0);
  uncharge(batch, file, 0);
  batch.add("DELETE FROM file_totals WHERE owner = $1 AND bytes <= 0", device_owner(file));
  batch.require("DELETE FROM files WHERE id = $1", file.id);
  audit(batch, call, why, target(file), detail(file));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  co_return whether(results);
}

Task<Result<std::vector<File>>> Repository::of_device(std::int64_t device_id) {
  co_return co_await list(device_id, std::nullopt, kForeverUs, 100'000);
}

Task<Result<std::vector<File>>> Repository::unannounced(std::int64_t device_id) {
  Batch batch(Mode::kRead);
  batch.add(select("WHERE announce > 0 AND device_id = $1 AND state = 'complete' ORDER BY id LIMIT 1000"), device_id);
  co_return co_await files_of(std::move(batch));
}

void Repository::put_job(Batch& batch, std::int64_t device_id) const {
  jobs_.put(batch, kAnnounceJob, std::to_string(device_id));
}

Task<Result<bool>> Repository::tell_of_waiting(std::int64_t device_id) {
  const std::vector<std::int64_t> found = co_await ok(devices_to_tell(device_id - 1, 1));
  const bool is_any = !found.empty() && found.front() == device_id;
  if (!is_any) co_return false;
  Batch batch(Mode::kWrite);
  put_job(batch, device_id);
  co_await ok(database_.run(std::move(batch)));
  co_return true;
}

Task<Result<void>> Repository::tell_of_all_waiting() {
  constexpr std::int64_t kAtOnce = 500;
  std::int64_t last = 0;
  while (true) {
    const std::vector<std::int64_t> devices = co_await ok(devices_to_tell(last, kAtOnce));
    if (devices.empty()) co_return Result<void>();
    Batch batch(Mode::kWrite);
    for (const std::int64_t device_id : devices) put_job(batch, device_id);
    co_await ok(database_.run(std::move(batch)));
    last = devices.back();
  }
}

Task<Result<std::vector<std::int64_t>>> Repository::devices_to_tell(std::int64_t after, std::int64_t limit) {
  const sql::Results results = co_await ok(
      database_.read("SELECT DISTINCT device_id FROM files WHERE announce > 0 AND state = 'complete' AND device_id > $1"
                     " ORDER BY device_id LIMIT $2",
                     after, limit));
  std::vector<std::int64_t> ids;
  for (std::size_t row = 0; row < results[0].rows(); ++row) ids.push_back(results[0].integer(row, 0));
  co_return ids;
}

Task<Result<void>> Repository::set_announced(File file) {
  Result<sql::Results> results = co_await database_.write(
      "UPDATE files SET announce = 0 WHERE id = $1 AND announce = $2 AND announcer_kind = $3 AND announcer_id = $4",
      file.id, static_cast<std::int64_t>(file.announce), file.announcer.kind, file.announcer.id);
  co_return nothing(results);
}

Task<Result<void>> Repository::announce_again(File file, Call call) {
  Batch batch(Mode::kWrite);
  batch.require(
      "UPDATE files SET announce = 2, announcer_kind = $2, announcer_id = $3 WHERE id = $1 AND state = 'complete'",
      file.id, call.principal->kind, call.principal->id);
  put_job(batch, file.device_id);
  audit(batch, call, "file.restore", target(file), detail(file));
  Result<sql::Results> results = co_await database_.run(std::move(batch));
  if (!results && results.error().status == Status::kGuardFailed) {
    co_return Error{.status = Status::kNotFound, .detail = "There is no such file."};
  }
  co_return nothing(results);
}

Task<Result<std::vector<File>>> Repository::uploading() {
  Batch batch(Mode::kRead);
  batch.add(select("WHERE state = 'uploading' ORDER BY id LIMIT 10000"));
  co_return co_await files_of(std::move(batch));
}

Task<Result<std::vector<File>>> Repository::beyond(std::int64_t count) {
  Batch batch(Mode::kRead);
  batch.add(select("WHERE state = 'complete' AND (SELECT COUNT(*) FROM files AS newer"
                   " WHERE newer.device_id = files.device_id AND newer.kind = files.kind AND newer.id > files.id"
                   " AND newer.state = 'complete') >= $1 ORDER BY id LIMIT 1000"),
            count);
  co_return co_await files_of(std::move(batch));
}

Task<Result<std::vector<File>>> Repository::completed_before(Timestamp since) {
  Batch batch(Mode::kRead);
  batch.add(select("WHERE state = 'complete' AND completed_at < $1 ORDER BY id LIMIT 10000"), since);
  co_return co_await files_of(std::move(batch));
}

Task<Result<std::vector<std::int64_t>>> Repository::devices() {
  const sql::Results results = co_await ok(database_.read("SELECT DISTINCT device_id FROM files"));
  std::vector<std::int64_t> ids;
  for (std::size_t row = 0; row < results[0].rows(); ++row) ids.push_back(results[0].integer(row, 0));
  co_return ids;
}

Task<Result<std::vector<std::string>>> Repository::blobs() {
  const sql::Results results = co_await ok(database_.read("SELECT blob FROM files"));
  std::vector<std::string> names;
  for (std::size_t row = 0; row < results[0].rows(); ++row) names.push_back(results[0].text(row, 0));
  co_return names;
}

Task<Result<std::map<std::int64_t, UrlSigner::Key>>> Repository::keys() {
  const sql::Results results = co_await ok(database_.read("SELECT id, secret, created_at FROM file_url_keys"));
  std::map<std::int64_t, UrlSigner::Key> keys;
  const sql::Table& table = results[0];
  for (std::size_t row = 0; row < table.rows(); ++row) {
    keys[table.integer(row, 0)] = {table.text(row, 1), {table.integer(row, 2)}};
  }
  co_return keys;
}

Task<Result<void>> Repository::add_key(std::string secret, Timestamp at, Timestamp since) {
  Result<sql::Results> results = co_await database_.write(
      "INSERT INTO file_url_keys (secret, created_at) SELECT $1, $2 WHERE NOT EXISTS"
      " (SELECT 1 FROM file_url_keys WHERE created_at > $3 AND created_at <= $4)",
      Blob{secret}, at, since, at.us + kMicrosecondsPerHour);
  co_return nothing(results);
}

Task<Result<void>> Repository::remove_key(std::int64_t key_id) {
  Result<sql::Results> results = co_await database_.write("DELETE FROM file_url_keys WHERE id = $1", key_id);
  co_return nothing(results);
}

}  // namespace gatetorio::file_transfer
