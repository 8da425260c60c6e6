#include "blob_folder.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "gatetorio/secret.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::file_transfer {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPart = ".part";

// Names come out of our own tables; one that is none of ours must not leave the folder all the same.
bool is_name(const std::string& name) {
  return !name.empty() && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
                              std::string::npos;
}

Error failed() {
  const bool is_full = errno == ENOSPC || errno == EDQUOT;
  if (errno == ENOENT) return {.status = Status::kNotFound, .detail = "There is no such content."};
  if (is_full) return {.status = Status::kFull, .detail = "There is no room for it."};
  return {.status = Status::kUnavailable, .detail = "The folder of files cannot be used.", .retry_after_s = 5};
}

Error no_such() { return {.status = Status::kNotFound, .detail = "There is no such content."}; }

}  // namespace

std::string sha256_of_file(int descriptor) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  std::vector<char> buffer(256 * 1024);
  off_t at = 0;
  ssize_t size = 0;
  while ((size = ::pread(descriptor, buffer.data(), buffer.size(), at)) > 0) {
    EVP_DigestUpdate(context, buffer.data(), static_cast<std::size_t>(size));
    at += size;
  }
  std::string hash(32, '\0');
  EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(hash.data()), nullptr);
  EVP_MD_CTX_free(context);
  return size == 0 ? hash : std::string();
}

Task<Result<void>> BlobFolder::open_folder() {
  bool ok = false;
  auto making = disk_.run([this, &ok] {
    std::error_code wrong;
    fs::create_directories(folder_, wrong);
    ok = ::chmod(folder_.c_str(), 0700) == 0 && ::access(folder_.c_str(), W_OK) == 0;
  });
  co_await making;
  if (!ok) co_return Error{.status = Status::kUnavailable, .detail = "The folder of files cannot be made."};
  co_return Result<void>();
}

void BlobFolder::sync_folder() const {
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());
}

Result<BlobFolder::OpenFile> BlobFolder::open_at(const fs::path& path, int flags) const {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) return failed();
  return OpenFile{std::move(file), info.st_size};
}

Task<Result<BlobName>> BlobFolder::make(BlobNothing) {
  BlobName blob{random_text(16)};
  Result<void> made;
  auto making = disk_.run([&, this] {
    const Result<OpenFile> file = open_at(part(blob.name), O_RDWR | O_CREAT | O_EXCL);
    if (!file) made = file.error();
  });
  co_await making;
  if (!made) co_return made.error();
  co_return blob;
}

Result<BlobFolder::OpenFile> BlobFolder::lock_part(const std::string& name) const {
  Result<OpenFile> opened = open_at(part(name), O_RDWR);
  if (!opened) return opened;
  // The lock goes with the open file, and so with all its duplicates; a process that dies loses it.
  if (::flock(opened->file.get(), LOCK_EX | LOCK_NB) == 0) {
    struct stat info {};
    ::fstat(opened->file.get(), &info);
    opened->size = info.st_size;
    // It may have been sealed or removed while we waited for the disk: then this is no part any more.
    struct stat there {};
    if (::stat(part(name).c_str(), &there) == 0 && there.st_ino == info.st_ino) return opened;
  }
  return Error{.status = Status::kConflict, .detail = "Somebody is writing it already.", .retry_after_s = 1};
}

Task<Result<BlobHandle>> BlobFolder::open_part(BlobName blob) {
  Result<OpenFile> opened = no_such();
  if (!is_name(blob.name)) co_return opened.error();
  co_await disk_.run([&, this] { opened = lock_part(blob.name); });
  if (!opened) co_return opened.error();
  co_return BlobHandle{pass(std::move(opened->file)), opened->size};
}

Task<Result<BlobHandle>> BlobFolder::sync(BlobName blob) {
  Result<BlobHandle> out = no_such();
  if (!is_name(blob.name)) co_return out;
  auto syncing = disk_.run([&, this] {
    const Result<OpenFile> opened = open_at(part(blob.name), O_RDWR);
    if (!opened)
      out = opened.error();
    else if (::fdatasync(opened->file.get()) != 0)
      out = failed();
    else
      out = BlobHandle{.size = opened->size};
  });
  co_await syncing;
  co_return out;
}

// The order is what makes a crash harmless: content on the disk, then its name, then the folder that has the name.
Result<BlobSealed> BlobFolder::seal_now(const BlobSeal& blob) const {
  Result<OpenFile> opened = open_at(whole(blob.name), O_RDONLY);
  const bool is_sealed = static_cast<bool>(opened);
  if (!is_sealed) opened = open_at(part(blob.name), O_RDWR);
  if (!opened) return opened.error();
  const Descriptor& file = opened->file;
  BlobSealed out{opened->size, blob.known_sha256};
  if (is_sealed || out.sha256.empty()) out.sha256 = sha256_of_file(file.get());
  if (out.sha256.empty()) return failed();
  if (!blob.expected_sha256.empty() && !equal_in_constant_time(blob.expected_sha256, out.sha256)) {
    return Error{.status = Status::kCorrupt, .detail = "The content is not what its SHA-256 says."};
  }
  if (is_sealed) {
    sync_folder();  // whoever sealed it may not have come so far
    return out;
  }
  if (::fsync(file.get()) != 0) return failed();
  if (::rename(part(blob.name).c_str(), whole(blob.name).c_str()) != 0) return failed();
  sync_folder();
  return out;
}

Task<Result<BlobSealed>> BlobFolder::seal(BlobSeal blob) {
  Result<BlobSealed> out = no_such();
  if (!is_name(blob.name)) co_return out;
  co_await disk_.run([&, this] { out = seal_now(blob); });
  co_return out;
}

Task<Result<BlobHandle>> BlobFolder::open(BlobName blob) {
  Result<OpenFile> opened = no_such();
  if (!is_name(blob.name)) co_return opened.error();
  co_await disk_.run([&, this] { opened = open_at(whole(blob.name), O_RDONLY); });
  if (!opened) co_return opened.error();
  co_return BlobHandle{pass(std::move(opened->file)), opened->size};
}

Task<Result<BlobNothing>> BlobFolder::remove(BlobName blob) {
  if (!is_name(blob.name)) co_return no_such();
  auto removing = disk_.run([&, this] {
    ::unlink(part(blob.name).c_str());
    ::unlink(whole(blob.name).c_str());
    sync_folder();
  });
  co_await removing;
  co_return BlobNothing{};
}

Task<Result<BlobList>> BlobFolder::list(BlobNothing) {
  BlobList out;
  auto listing = disk_.run([&, this] {
    std::error_code wrong;
    for (const auto& entry : fs::directory_iterator(folder_, wrong)) {
      struct stat info {};
      if (::stat(entry.path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
      std::string name = entry.path().filename().string();
      if (name.ends_with(kPart)) name.resize(name.size() - kPart.size());
      const std::int64_t changed = info.st_mtim.tv_sec * kMicrosecondsPerSecond + info.st_mtim.tv_nsec / 1000;
      out.blobs.push_back({std::move(name), info.st_size, changed});
    }
  });
  co_await listing;
  co_return out;
}

Task<Result<BlobSpace>> BlobFolder::space(BlobNothing) {
  struct statvfs info {};
  int result = -1;
  co_await disk_.run([&, this] { result = ::statvfs(folder_.c_str(), &info); });
  if (result != 0) co_return failed();
  co_return BlobSpace{static_cast<std::int64_t>(info.f_bavail * info.f_frsize)};
}

}  // namespace gatetorio::file_transfer
