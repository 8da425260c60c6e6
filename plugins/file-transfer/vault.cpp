#include "vault.hpp"

#include <unistd.h>

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

OpenBlob opened(const BlobHandle& handle) {
  return {Descriptor(static_cast<int>(handle.descriptor)), handle.size};
}

}  // namespace

std::string to_hex(const std::string& raw) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : raw) {
    hex.push_back(kDigits[(c >> 4) & 15]);
    hex.push_back(kDigits[c & 15]);
  }
  return hex;
}

std::string from_hex(const std::string& hex) {
  std::string raw;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    raw.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return raw;
}

Task<Result<void>> Vault::check_room(std::int64_t size) {
  auto asking = blobs_.call<Blobs::Space>(BlobNothing{});
  const Result<BlobSpace> space = co_await asking;
  if (!space) co_return space.error();
  if (space->free_bytes - size < settings_.min_free_mib * kMib) {
    co_return Error{.status = Status::kFull, .detail = "The hub's disk has no room for it."};
  }
  co_return Result<void>();
}

Task<Result<File>> Vault::create(File file, Call call) {
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
  auto creating = repository_.create(file, settings_.max_device_mib * kMib, settings_.max_hub_mib * kMib, call);
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
  auto creating = create(std::move(file), call);
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
  auto sealing = blobs_.call<Blobs::Seal>(BlobSeal{file.blob, from_hex(file.sha256), std::move(known_sha256)},
                                          kSealDeadlineMs);
  const Result<BlobSealed> sealed = co_await sealing;
  if (!sealed && sealed.error().status == Status::kCorrupt) {
    auto removing = remove(file, "file.corrupt", call);
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);  // the sweep does it
  }
  if (!sealed) co_return sealed.error();
  file.sha256 = to_hex(sealed->sha256);
  file.state = "complete";
  auto completing = repository_.complete(file, call);
  const Result<bool> completed = co_await completing;
  if (!completed) co_return completed.error();
  if (*completed && when_complete_) when_complete_(file);
  co_return file;
}

Task<Result<OpenBlob>> Vault::open(File file) {
  auto opening = blobs_.call<Blobs::Open>(BlobName{file.blob});
  const Result<BlobHandle> handle = co_await opening;
  if (!handle) co_return handle.error();
  co_return opened(*handle);
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
  auto forgetting = repository_.remove(file, std::move(why), call);
  const Result<bool> forgotten = co_await forgetting;
  if (!forgotten) co_return forgotten.error();
  auto removing = blobs_.call<Blobs::Remove>(BlobName{file.blob});
  const Result<BlobNothing> removed = co_await removing;
  static_cast<void>(removed);
  co_return Result<void>();
}

Task<void> Vault::sweep() {
  const Timestamp at = now();
  auto listing = repository_.uploading();
  const Result<std::vector<File>> uploads = co_await listing;
  if (!uploads) co_return;
  for (const File& file : *uploads) {
    if (file.upload_until > at) continue;
    auto removing = remove(file, "file.expire", Call{});
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);
  }
  const Timestamp since{at.us - settings_.keep_days * 24 * kMicrosecondsPerHour};
  auto finding = repository_.outdated(since, settings_.keep_count);
  const Result<std::vector<File>> old = co_await finding;
  if (!old) co_return;
  for (const File& file : *old) {
    auto removing = remove(file, "file.expire", Call{});
    const Result<void> removed = co_await removing;
    static_cast<void>(removed);
  }
  auto tidying = sweep_orphans();
  co_await tidying;
}

Task<void> Vault::sweep_orphans() {
  // What is there first, what is known afterwards: a new file is then known.
  auto listing = blobs_.call<Blobs::List>(BlobNothing{});
  const Result<BlobList> there = co_await listing;
  if (!there) co_return;
  auto asking = repository_.blobs();
  const Result<std::vector<std::string>> names = co_await asking;
  if (!names) co_return;
  const std::set<std::string> known(names->begin(), names->end());
  const std::int64_t old = now().us - kOrphanAgeUs;
  for (const BlobInfo& blob : there->blobs) {
    if (known.contains(blob.name) || blob.changed_at_us > old) continue;
    auto removing = blobs_.call<Blobs::Remove>(BlobName{blob.name});
    const Result<BlobNothing> removed = co_await removing;
    if (removed) host_.info("content without a file is removed", {{"blob", blob.name}});
  }
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

}  // namespace gatetorio::file_transfer
