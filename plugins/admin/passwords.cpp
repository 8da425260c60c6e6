#include "passwords.hpp"

#include <sodium.h>

namespace gatetorio::admin {

namespace {

// What is verified for a name that does not exist: the hash of a password that nobody knows.
const std::string& nobodys_hash() {
  static const std::string hash = [] {
    std::string random(32, '\0');
    randombytes_buf(random.data(), random.size());
    return hash_password(random);
  }();
  return hash;
}

}  // namespace

std::string hash_password(const std::string& password) {
  char out[crypto_pwhash_STRBYTES];
  const int failed = sodium_init() < 0
                         ? -1
                         : crypto_pwhash_str(out, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                             crypto_pwhash_MEMLIMIT_INTERACTIVE);
  return failed == 0 ? std::string(out) : std::string();
}

Task<Result<void>> Passwords::run(std::function<void()> job) {
  if (waiting_.fetch_add(1) >= kMostWaiting) {
    waiting_.fetch_sub(1);
    co_return Error{.status = Status::kUnavailable, .detail = "Too many are logging in.", .retry_after_s = 2};
  }
  auto running = threads_.run(std::move(job));
  co_await running;
  waiting_.fetch_sub(1);
  co_return Result<void>();
}

Task<Result<std::string>> Passwords::hash(std::string password) {
  std::string hash;
  auto hashing = run([&hash, &password] { hash = hash_password(password); });
  co_await ok(std::move(hashing));
  if (hash.empty()) co_return Error{.status = Status::kUnavailable, .detail = "The hub has no memory for it now."};
  co_return hash;
}

Task<Result<bool>> Passwords::verify(std::string hash, std::string password) {
  bool is_right = false;
  auto verifying = run([&] {
    const std::string& against = hash.empty() ? nobodys_hash() : hash;
    const bool is_same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
    is_right = is_same && !hash.empty();
  });
  co_await ok(std::move(verifying));
  co_return is_right;
}

}  // namespace gatetorio::admin
