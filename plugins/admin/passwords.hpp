// Passwords of people: Argon2id (RFC 9106), on threads of its own, few at a time: each takes 64 MiB and a tenth of a
// second.
#pragma once

#include <atomic>
#include <string>

#include "gatetorio/disk_threads.hpp"

namespace gatetorio::admin {

// Argon2id as libsodium writes it ("$argon2id$v=19$..."). Blocks; 64 MiB. Empty where there is no memory.
std::string hash_password(const std::string& password);

// Lives as long as the plugin.
class Passwords {
 public:
  explicit Passwords(Host& host) : threads_(host, "passwords", kAtATime) {}

  // As hash_password. Errors: kUnavailable where too many wait.
  Task<Result<std::string>> hash(std::string password);
  // Whether the password is the one of this hash. An empty hash is nobody's: false, after the same time. Errors: as
  // hash.
  Task<Result<bool>> verify(std::string hash, std::string password);
  // Blocks until what was begun is done.
  void stop() { threads_.stop(); }

 private:
  static constexpr unsigned kAtATime = 2;
  static constexpr int kMostWaiting = 32;

  Task<Result<void>> run(std::function<void()> job);

  DiskThreads threads_;
  std::atomic<int> waiting_{0};
};

}  // namespace gatetorio::admin
