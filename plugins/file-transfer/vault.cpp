#include "vault.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "gatetorio/encoding.hpp"

namespace gatetorio::file_transfer {

namespace {

// Content without a row may be one whose row is being written: only old one is an orphan.
constexpr std::int64_t kOrphanAgeUs = kMicrosecondsPerHour;
// A seal reads and flushes the whole file.
constexpr std::uint32_t kSealDeadlineMs = 600'000;

Error too_large(std::int64_t mib) {
  return {.status = Status::kTooLarge, .detail = "A file may have " + std::to_string(mib) + " MiB at most."};
}

// A part that is gone while its file is not complete has just been sealed or removed.
Error being_completed() {
  return {.status = Status::kConflict, .detail = "Somebody is completing or removing it.", .retry_after_s = 1};
}

OpenBlob opened(const BlobHandle& handle) { return {take(handle.descriptor), handle.size}; }

}  // namespace

Task<Result<void>> Vault::check_room(std::int64_t size) {
  const BlobSpace space = co_await ok(blobs_.call<Blobs::Space>());
  if (space.free_bytes - size < settings_.min_free_mib * kMib) {
    co_return Error{.status = Status::kFull, .detail = "The hub's disk has no room for it."};
  }
  co_return Result<void>();
}

Timestamp Vault::reserved_from(Timestamp at) const {
  return {at.us + settings_.reserve_minutes * 60 * kMicrosecondsPerSecond};
}

Task<Result<void>> Vault::keep_room(File file) {
  const Timestamp at = now();
  // Most pieces of an upload come while its room is kept anyway.
  const bool is_kept = file.charged == file.size && file.reserved_until.us > at.us + 60 * kMicrosecondsPerSecond;
  if (is_kept) co_return Result<void>();
  co_return co_await repository_.reserve(std::move(file), settings_.room(), reserved_from(at));
}

Task<void> Vault::release_rooms(std::vector<std::int64_t> under_way) {
  const Timestamp at = now();
  const Result<void> kept = co_await repository_.keep_reserved(under_way, reserved_from(at));
  const Result<std::vector<File>> uploads = co_await repository_.uploading();
  if (!kept || !uploads) co_return;  // the next time
  for (const File& file : *uploads) {
    const bool was_released = file.reserved_until.us == 0 && file.announced == 0;
    const bool goes_on = std::find(under_way.begin(), under_way.end(), file.id) != under_way.end();
    if (was_released || goes_on || file.reserved_until > at) continue;
    const Result<std::int64_t> arrived = co_await sync(file);
    if (!arrived) continue;  // sealed: it is being completed
    const Result<void> released = co_await repository_.release(file, *arrived);
    if (!released) co_return;
  }
}

Task<Result<File>> Vault::create(File file, Call call) {
  co_return co_await make(std::move(file), false, std::move(call));
}

Task<Result<File>> Vault::make(File file, bool is_small, Call call) {
  if (file.size > settings_.max_file_mib * kMib) co_return too_large(settings_.max_file_mib);
  co_await ok(check_room(file.size));
  const BlobName blob = co_await ok(blobs_.call<Blobs::Make>());
  file.blob = blob.name;
  file.created_at = now();
  file.upload_until = {file.created_at.us + settings_.upload_hours * kMicrosecondsPerHour};
  file.reserved_until = reserved_from(file.created_at);
  const Result<std::int64_t> id = co_await repository_.create(file, settings_.room(), is_small, call);
  if (!id) {
    const Result<BlobNothing> removed = co_await blobs_.call<Blobs::Remove>(blob);
    static_cast<void>(removed);  // the sweep finds it
    co_return id.error();
  }
  file.id = *id;
  co_return file;
}

Task<Result<File>> Vault::store(File file, std::string content, Call call) {
  file.size = static_cast<std::int64_t>(content.size());
  File made = co_await ok(make(std::move(file), true, call));
  {
    const OpenBlob part = co_await ok(open_part(made));
    // A few kilobytes into the page cache; the seal brings them to the disk.
    if (::pwrite(part.file.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
      co_return Error{.status = Status::kFull, .detail = "There is no room for it."};
    }
  }
  co_return co_await finish(made, "", call);
}

Task<Result<OpenBlob>> Vault::open_part(File file) {
  const Result<BlobHandle> handle = co_await blobs_.call<Blobs::OpenPart>(file.blob);
  if (!handle && handle.error().status == Status::kNotFound) co_return being_completed();
  if (!handle) co_return handle.error();
  co_return opened(*handle);
}

Task<Result<std::int64_t>> Vault::sync(File file) {
  const BlobHandle synced = co_await ok(blobs_.call_within<Blobs::Sync>(kSealDeadlineMs, file.blob));
  co_return synced.size;
}

Task<Result<File>> Vault::finish(File file, std::string known_sha256, Call call) {
  const Result<BlobSealed> sealed = co_await blobs_.call_within<Blobs::Seal>(
      kSealDeadlineMs, file.blob, from_hex(file.sha256), std::move(known_sha256));
  if (!sealed && sealed.error().status == Status::kCorrupt) {
    const Result<void> removed = co_await remove_upload(file, "file.corrupt", call);
    static_cast<void>(removed);  // the sweep does it
  }
  if (!sealed) co_return sealed.error();
  // Sealing takes a while, and sending took longer: whoever did it may have lost its right.
  const Result<void> may = co_await may_complete(file, call);
  if (!may && may.error().status == Status::kForbidden) {
    host_.info("an upload is refused at its end: who made it has lost access", {{"file", std::to_string(file.id)}});
    const Result<void> removed = co_await remove_upload(file, "file.refuse", call);
    static_cast<void>(removed);  // it stays an upload that nobody may complete
  }
  if (!may) co_return may.error();
  file.sha256 = to_hex(sealed->sha256);
  file.state = "complete";
  const bool completed = co_await ok(repository_.complete(file, call));
  if (completed && when_complete_) when_complete_(file);
  co_return file;
}

// Both who made the file and who brings its last byte.
Task<Result<void>> Vault::may_complete(File file, Call call) {
  std::vector<PrincipalId> involved{file.creator};
  if (call.principal && call.principal->who() != file.creator) involved.push_back(call.principal->who());
  for (const PrincipalId& who : involved) {
    co_await ok(rights_.check(who, file.device_id, file.kind));
  }
  co_return Result<void>();
}

Task<Result<OpenBlob>> Vault::open(File file) {
  const Result<BlobHandle> handle = co_await blobs_.call<Blobs::Open>(file.blob);
  if (!handle && handle.error().status == Status::kNotFound && file.state == "complete") co_return lost(file);
  if (!handle) co_return handle.error();
  co_return opened(*handle);
}

Error Vault::lost(const File& file) {
  {
    const std::lock_guard lock(mutex_);
    if (lost_.insert(file.id).second) {
      host_.error("the content of a complete file is missing: restore it from a backup, or have the file deleted",
                  {{"file", std::to_string(file.id)}, {"device", std::to_string(file.device_id)}, {"blob", file.blob}});
    }
  }
  return {.status = Status::kGone,
          .detail = "The hub has lost the content of this file. Delete it and upload it again."};
}

Task<Result<std::string>> Vault::read(File file) {
  const OpenBlob blob = co_await ok(open(std::move(file)));
  std::string content(static_cast<std::size_t>(blob.size), '\0');
  if (::pread(blob.file.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    co_return Error{.status = Status::kUnavailable, .detail = "The file cannot be read."};
  }
  co_return content;
}

// The row first: content without a row is found by the sweep, a row without content would be a lie.
Task<Result<void>> Vault::remove(File file, std::string why, Call call) {
  co_await ok(repository_.remove(file, false, std::move(why), call));
  co_return co_await remove_content(std::move(file));
}

Task<Result<void>> Vault::remove_upload(File file, std::string why, Call call) {
  const bool forgotten = co_await ok(repository_.remove(file, true, std::move(why), call));
  if (!forgotten) co_return Result<void>();  // the content is that of a complete file, or the sweep's
  co_return co_await remove_content(std::move(file));
}

Task<Result<void>> Vault::remove_content(File file) {
  const Result<BlobNothing> removed = co_await blobs_.call<Blobs::Remove>(file.blob);
  static_cast<void>(removed);  // the sweep does it
  co_return Result<void>();
}

Task<void> Vault::sweep() {
  const Timestamp at = now();
  grace_.begin(at, Grace::Clock::now());
  const bool saw_uploads = co_await sweep_uploads(at);
  const bool saw_files = co_await sweep_files(at);
  const bool saw_orphans = co_await sweep_orphans(at);
  if (saw_uploads && saw_files && saw_orphans) grace_.end();
}

Task<bool> Vault::sweep_uploads(Timestamp at) {
  const Result<std::vector<File>> uploads = co_await repository_.uploading();
  if (!uploads) co_return false;
  for (const File& file : *uploads) {
    if (file.upload_until > at || !grace_.is_over("upload " + std::to_string(file.id))) continue;
    auto expiring = remove_upload(file, "file.expire", Call{});
    const Result<void> expired = co_await expiring;
    if (!expired) co_return false;
  }
  co_return true;
}

Task<bool> Vault::sweep_files(Timestamp at) {
  const Result<std::vector<File>> too_many = co_await repository_.beyond(settings_.keep_count);
  if (!too_many) co_return false;
  for (const File& file : *too_many) {
    auto expiring = remove(file, "file.expire", Call{});
    const Result<void> expired = co_await expiring;
    if (!expired) co_return false;
  }
  auto finding = repository_.completed_before({at.us - settings_.keep_days * 24 * kMicrosecondsPerHour});
  const Result<std::vector<File>> old = co_await finding;
  if (!old) co_return false;
  for (const File& file : *old) {
    if (!grace_.is_over("file " + std::to_string(file.id))) continue;
    auto expiring = remove(file, "file.expire", Call{});
    const Result<void> expired = co_await expiring;
    if (!expired) co_return false;
  }
  co_return true;
}

Task<bool> Vault::sweep_orphans(Timestamp at) {
  // What is there first, what is known afterwards: a new file is then known.
  const Result<BlobList> there = co_await blobs_.call<Blobs::List>();
  if (!there) co_return false;
  const Result<std::vector<std::string>> names = co_await repository_.blobs();
  if (!names) co_return false;
  const std::set<std::string> known(names->begin(), names->end());
  for (const BlobInfo& blob : there->blobs) {
    const bool is_young = blob.changed_at_us > at.us - kOrphanAgeUs;
    if (known.contains(blob.name) || is_young || !grace_.is_over("blob " + blob.name)) continue;
    const Result<BlobNothing> removed = co_await blobs_.call<Blobs::Remove>(blob.name);
    if (removed) host_.info("content without a file is removed", {{"blob", blob.name}});
  }
  co_return true;
}

Task<void> Vault::recover() {
  const Result<std::vector<File>> uploads = co_await repository_.uploading();
  if (!uploads) co_return;
  for (const File& file : *uploads) {
    const Result<OpenBlob> sealed = co_await open(file);
    const Result<std::int64_t> size = co_await sync(file);
    const bool is_whole = sealed || (size && *size == file.size && file.size > 0);
    if (!is_whole) continue;
    auto finishing = finish(file, "", Call{});
    const Result<File> finished = co_await finishing;
    if (!finished) host_.warn("a whole file could not be completed", {{"file", std::to_string(file.id)}});
  }
}

Task<void> Vault::forget_device(std::int64_t device_id) {
  const Result<std::vector<File>> files = co_await repository_.of_device(device_id);
  if (!files) co_return host_.warn("files of a deleted device stay", {{"device", std::to_string(device_id)}});
  for (const File& file : *files) {
    auto removing = remove(file, "file.delete", Call{});
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);
  }
}

Task<void> Vault::forget_gone_devices() {
  constexpr std::size_t kAtOnce = 1'000;
  const Result<std::vector<std::int64_t>> devices = co_await repository_.devices();
  if (!devices) co_return;
  for (std::size_t at = 0; at < devices->size(); at += kAtOnce) {
    const auto first = devices->begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<std::int64_t> some(first,
                                         first + static_cast<std::ptrdiff_t>(std::min(kAtOnce, devices->size() - at)));
    const Result<DeviceList> found = co_await devices_.call<DeviceRegistry::FindByIds>(some);
    if (!found) co_return;
    std::set<std::int64_t> gone(some.begin(), some.end());
    for (const Device& device : found->devices) gone.erase(device.id);
    for (const std::int64_t device_id : gone) {
      co_await forget_device(device_id);
    }
  }
}

}  // namespace gatetorio::file_transfer
