#include "file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace gatetorio::storage_sqlite {
namespace {

std::string holder(int descriptor) {
  char text[24];
  const ssize_t size = pread(descriptor, text, sizeof text, 0);
  if (size <= 0) return "another process";
  return "process " + std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
  // Closed on exec: a broker that the hub starts must not inherit the lock.
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Error{.status = Status::kUnavailable,
                 .detail = "cannot open " + path + ": " + std::generic_category().message(errno)};
  }
  FileLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Error{.status = Status::kConflict,
                 .detail = "the database is in use by " + holder(descriptor) + " (it holds " + path +
                           "); stop that hub first, or give this one another data_dir"};
  }
  const std::string process = std::to_string(getpid());
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, process.data(), process.size(), 0) < 0) {
    return Error{.status = Status::kUnavailable,
                 .detail = "cannot write " + path + ": " + std::generic_category().message(errno)};
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace gatetorio::storage_sqlite
