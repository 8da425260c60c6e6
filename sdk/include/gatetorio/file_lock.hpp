// Keeps another process away from a file or folder, by a lock on a file of its own beside it or in it.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "gatetorio/result.hpp"

namespace gatetorio {

// Held until it is destroyed or the process dies, however it dies.
class FileLock {
 public:
  // Makes the file (mode 0600) where it is missing, and writes the process's number into it. `what` is what the lock
  // protects, for the message: "the folder /var/lib/gatetorio". Never waits. Errors: kConflict where somebody else
  // holds it, naming that process; kUnavailable where the file cannot be made.
  static Result<FileLock> take(const std::string& path, const std::string& what) {
    // Closed on exec: a broker that the hub starts must not inherit the lock.
    FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (lock.descriptor_ < 0) return failure("cannot open " + path);
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return failure("cannot lock " + path);
      return Error{.status = Status::kConflict,
                   .detail = what + " is in use by " + lock.holder() + " (it holds " + path +
                             "); stop that hub first, or give this one another data_dir"};
    }
    const std::string process = std::to_string(::getpid());
    if (::ftruncate(lock.descriptor_, 0) != 0 || ::pwrite(lock.descriptor_, process.data(), process.size(), 0) < 0) {
      return failure("cannot write " + path);
    }
    return lock;
  }
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  // Of the lock's file, which stays its own.
  int descriptor() const { return descriptor_; }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  static Error failure(const std::string& what) {
    return {.status = Status::kUnavailable, .detail = what + ": " + std::generic_category().message(errno)};
  }
  std::string holder() const {
    char text[24];
    const ssize_t size = ::pread(descriptor_, text, sizeof text, 0);
    if (size <= 0) return "another process";
    return "process " + std::string(text, static_cast<std::size_t>(size));
  }

  int descriptor_;
};

}  // namespace gatetorio
