#include "vault.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

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
  auto asking = blobs_.call<Blobs::Space>(BlobNothing{});
  const Result<BlobSpace> space = co_await asking;
  if (!space) co_return space.error();
  if (space->free_bytes - size < settings_.min_free_mib * kMib) {
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
  auto reserving = repository_.reserve(std::move(file), settings_.room(), reserved_from(at));
  const Result<void> reserved = co_await reserving;
  co_return reserved;
}

Task<void> Vault::release_rooms(std::vector<std::int64_t> under_way) {
  const Timestamp at = now();
  auto keeping = repository_.keep_reserved(under_way, reserved_from(at));
  const Result<void> kept = co_await keeping;
  auto listing = repository_.uploading();
  const Result<std::vector<File>> uploads = co_await listing;
  if (!kept || !uploads) co_return;  // the next time
  for (const File& file : *uploads) {
    const bool was_released = file.reserved_until.us == 0 && file.announced == 0;
    const bool goes_on = std::find(under_way.begin(), under_way.end(), file.id) != under_way.end();
    if (was_released || goes_on || file.reserved_until > at) continue;
    auto syncing = sync(file);
    const Result<std::int64_t> arrived = co_await syncing;
    if (!arrived) continue;  // sealed: it is being completed
    auto releasing = repository_.release(file, *arrived);
    const Result<void> released = co_await releasing;
    if (!released) co_return;
  }
}

Task<Result<File>> Vault::create(File file, Call call) {
  auto making = make(std::move(file), false, std::move(call));
  Result<File> made = co_await making;
  co_return made;
}

Task<Result<File>> Vault::make(File file, bool is_small, Call call) {
  if (file.size > settings_.max_file_mib * kMib) co_return too_large(settings_.max_file_mib);
  auto checking = check_room(file.size);
  const Result<void> has_room = co_await checking;
  if (!has_room) co_return has_room.error();
  auto making = blobs_.call<Blobs::Make>(BlobNothing{});
  const Result<BlobName> blob = co_await making;
  if (!blob) co_return blob.error();
  file.blob = blob->name;
  file.created_at = now();
  file.upload_until = {file.created_at.us + settings_.upload_hours * kMicrosecondsPerHour};
  file.reserved_until = reserved_from(file.created_at);
  auto creating = repository_.create(file, settings_.room(), is_small, call);
  const Result<std::int64_t> id = co_await creating;
  if (!id) {
    auto removing = blobs_.call<Blobs::Remove>(*blob);
    const Result<BlobNothing> removed = co_await removing;
    static_cast<void>(removed);  // the sweep finds it
    co_return id.error();
  }
  file.id = *id;
  co_return file;
}

Task<Result<File>> Vault::store(File file, std::string content, Call call) {
  file.size = static_cast<std::int64_t>(content.size());
  auto creating = make(std::move(file), true, call);
  Result<File> made = co_await creating;
  if (!made) co_return made.error();
  {
    auto opening = open_part(*made);
    const Result<OpenBlob> part = co_await opening;
    if (!part) co_return part.error();
    // A few kilobytes into the page cache; the seal brings them to the disk.
    if (::pwrite(part->file.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
      co_return Error{.status = Status::kFull, .detail = "There is no room for it."};
    }
  }
  auto finishing = finish(*made, "", call);
  Result<File> done = co_await finishing;
  co_return done;
}

Task<Result<OpenBlob>> Vault::open_part(File file) {
  auto opening = blobs_.call<Blobs::OpenPart>(BlobName{file.blob});
  const Result<BlobHandle> handle = co_await opening;
  if (!handle && handle.error().status == Status::kNotFound) co_return being_completed();
  if (!handle) co_return handle.error();
  co_return opened(*handle);
}

Task<Result<std::int64_t>> Vault::sync(File file) {
  auto syncing = blobs_.call<Blobs::Sync>(BlobName{file.blob}, kSealDeadlineMs);
  const Result<BlobHandle> synced = co_await syncing;
  if (!synced) co_return synced.error();
  co_return synced->size;
}

Task<Result<File>> Vault::finish(File file, std::string known_sha256, Call call) {
  auto sealing =
      blobs_.call<Blobs::Seal>(BlobSeal{file.blob, from_hex(file.sha256), std::move(known_sha256)}, kSealDeadlineMs);
  const Result<BlobSealed> sealed = co_await sealing;
  if (!sealed && sealed.error().status == Status::kCorrupt) {
    auto removing = remove_upload(file, "file.corrupt", call);
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);  // the sweep does it
  }
  if (!sealed) co_return sealed.error();
  // Sealing takes a while, and sending took longer: whoever did it may have lost its right.
  auto asking = may_complete(file, call);
  const Result<void> may = co_await asking;
  if (!may && may.error().status == Status::kForbidden) {
    host_.info("an upload is refused at its end: who made it has lost access", {{"file", std::to_string(file.id)}});
    auto removing = remove_upload(file, "file.refuse", call);
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);  // it stays an upload that nobody may complete
  }
  if (!may) co_return may.error();
  file.sha256 = to_hex(sealed->sha256);
  file.state = "complete";
  auto completing = repository_.complete(file, call);
  const Result<bool> completed = co_await completing;
  if (!completed) co_return completed.error();
  if (*completed && when_complete_) when_complete_(file);
  co_return file;
}

// Both who made the file and who brings its last byte.
Task<Result<void>> Vault::may_complete(File file, Call call) {
  std::vector<PrincipalId> involved{file.creator};
  if (call.principal && call.principal->who() != file.creator) involved.push_back(call.principal->who());
  for (const PrincipalId& who : involved) {
    auto asking = rights_.check(who, file.device_id);
    const Result<Timestamp> may = co_await asking;
    if (!may) co_return may.error();
  }
  co_return Result<void>();
}

Task<Result<OpenBlob>> Vault::open(File file) {
  auto opening = blobs_.call<Blobs::Open>(BlobName{file.blob});
  const Result<BlobHandle> handle = co_await opening;
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
  auto opening = open(std::move(file));
  const Result<OpenBlob> blob = co_await opening;
  if (!blob) co_return blob.error();
  std::string content(static_cast<std::size_t>(blob->size), '\0');
  if (::pread(blob->file.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    co_return Error{.status = Status::kUnavailable, .detail = "The file cannot be read."};
  }
  co_return content;
}

// The row first: content without a row is found by the sweep, a row without content would be a lie.
Task<Result<void>> Vault::remove(File file, std::string why, Call call) {
  auto forgetting = repository_.remove(file, false, std::move(why), call);
  const Result<bool> forgotten = co_await forgetting;
  if (!forgotten) co_return forgotten.error();
  auto removing = remove_content(std::move(file));
  const Result<void> removed = co_await removing;
  co_return removed;
}

Task<Result<void>> Vault::remove_upload(File file, std::string why, Call call) {
  auto forgetting = repository_.remove(file, true, std::move(why), call);
  const Result<bool> forgotten = co_await forgetting;
  if (!forgotten) co_return forgotten.error();
  if (!*forgotten) co_return Result<void>();  // the content is that of a complete file, or the sweep's
  auto removing = remove_content(std::move(file));
  const Result<void> removed = co_await removing;
  co_return removed;
}

Task<Result<void>> Vault::remove_content(File file) {
  auto removing = blobs_.call<Blobs::Remove>(BlobName{file.blob});
  const Result<BlobNothing> removed = co_await removing;
  static_cast<void>(removed);  // the sweep does it
  co_return Result<void>();
}

Task<void> Vault::sweep() {
  const Timestamp at = now();
  grace_.begin(at, Grace::Clock::now());
  auto uploads = sweep_uploads(at);
  const bool saw_uploads = co_await uploads;
  auto files = sweep_files(at);
  const bool saw_files = co_await files;
  auto orphans = sweep_orphans(at);
  const bool saw_orphans = co_await orphans;
  if (saw_uploads && saw_files && saw_orphans) grace_.end();
}

Task<bool> Vault::sweep_uploads(Timestamp at) {
  auto listing = repository_.uploading();
  const Result<std::vector<File>> uploads = co_await listing;
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
  auto counting = repository_.beyond(settings_.keep_count);
  const Result<std::vector<File>> too_many = co_await counting;
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
  auto listing = blobs_.call<Blobs::List>(BlobNothing{});
  const Result<BlobList> there = co_await listing;
  if (!there) co_return false;
  auto asking = repository_.blobs();
  const Result<std::vector<std::string>> names = co_await asking;
  if (!names) co_return false;
  const std::set<std::string> known(names->begin(), names->end());
  for (const BlobInfo& blob : there->blobs) {
    const bool is_young = blob.changed_at_us > at.us - kOrphanAgeUs;
    if (known.contains(blob.name) || is_young || !grace_.is_over("blob " + blob.name)) continue;
    auto removing = blobs_.call<Blobs::Remove>(BlobName{blob.name});
    const Result<BlobNothing> removed = co_await removing;
    if (removed) host_.info("content without a file is removed", {{"blob", blob.name}});
  }
  co_return true;
}

Task<void> Vault::recover() {
  auto listing = repository_.uploading();
  const Result<std::vector<File>> uploads = co_await listing;
  if (!uploads) co_return;
  for (const File& file : *uploads) {
    auto opening = open(file);
    const Result<OpenBlob> sealed = co_await opening;
    auto syncing = sync(file);
    const Result<std::int64_t> size = co_await syncing;
    const bool is_whole = sealed || (size && *size == file.size && file.size > 0);
    if (!is_whole) continue;
    auto finishing = finish(file, "", Call{});
    const Result<File> finished = co_await finishing;
    if (!finished) host_.warn("a whole file could not be completed", {{"file", std::to_string(file.id)}});
  }
}

Task<void> Vault::forget_device(std::int64_t device_id) {
  auto listing = repository_.of_device(device_id);
  const Result<std::vector<File>> files = co_await listing;
  if (!files) co_return host_.warn("files of a deleted device stay", {{"device", std::to_string(device_id)}});
  for (const File& file : *files) {
    auto removing = remove(file, "file.delete", Call{});
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);
  }
}

Task<void> Vault::forget_gone_devices() {
  constexpr std::size_t kAtOnce = 1'000;
  auto listing = repository_.devices();
  const Result<std::vector<std::int64_t>> devices = co_await listing;
  if (!devices) co_return;
  for (std::size_t at = 0; at < devices->size(); at += kAtOnce) {
    const auto first = devices->begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<std::int64_t> some(first,
                                         first + static_cast<std::ptrdiff_t>(std::min(kAtOnce, devices->size() - at)));
    auto finding = devices_.call<DeviceRegistry::FindByIds>(DeviceIds{some});
    const Result<DeviceList> found = co_await finding;
    if (!found) co_return;
    std::set<std::int64_t> gone(some.begin(), some.end());
    for (const Device& device : found->devices) gone.erase(device.id);
    for (const std::int64_t device_id : gone) {
      auto forgetting = forget_device(device_id);
      co_await forgetting;
    }
  }
}

}  // namespace gatetorio::file_transfer
