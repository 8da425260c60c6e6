#include "url_keys.hpp"

#include <algorithm>

#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr std::int64_t kDayUs = 24 * kMicrosecondsPerHour;

}  // namespace

Task<Result<void>> UrlKeys::load() {
  const Timestamp at = now();
  auto adding = repository_.add_key(random_text(), at, {at.us - settings_.key_days * kDayUs});
  const Result<void> added = co_await adding;
  if (!added) co_return added.error();
  std::map<std::int64_t, UrlSigner::Key> keys = co_await ok(repository_.keys());
  const Result<void> forgotten = co_await forget_old(keys, at);
  signer_.set_keys(std::move(keys));
  co_return forgotten;
}

// By the wall clock a key is old at once when that is set forward: then every URL would be lost.
Task<Result<void>> UrlKeys::forget_old(const std::map<std::int64_t, UrlSigner::Key>& keys, Timestamp at) {
  const std::int64_t longest_url =
      std::max(settings_.upload_hours * kMicrosecondsPerHour, settings_.download_minutes * 60 * kMicrosecondsPerSecond);
  const std::int64_t life = settings_.key_days * kDayUs + longest_url + kMicrosecondsPerHour;
  std::vector<std::int64_t> old;
  grace_.begin(at, Grace::Clock::now());
  for (const auto& [id, key] : keys) {
    const bool signs = id == keys.rbegin()->first;
    if (!signs && key.created_at.us < at.us - life && grace_.is_over(std::to_string(id))) old.push_back(id);
  }
  grace_.end();
  for (const std::int64_t id : old) {
    co_await ok(repository_.remove_key(id));
  }
  co_return Result<void>();
}

}  // namespace gatetorio::file_transfer
