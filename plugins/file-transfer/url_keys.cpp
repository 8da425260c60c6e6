#include "url_keys.hpp"

#include <algorithm>

#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr std::int64_t kDayUs = 24 * kMicrosecondsPerHour;
constexpr std::chrono::seconds kReadPause{1};

}  // namespace

Task<Result<void>> UrlKeys::load() {
  const Timestamp at = now();
  auto adding = repository_.add_key(random_text(), at, {at.us - settings_.key_days * kDayUs});
  const Result<void> added = co_await adding;
  if (!added) co_return added.error();
  const std::map<std::int64_t, UrlSigner::Key> keys = co_await ok(repository_.keys());
  signer_.set_keys(keys);  // at once: what comes later is newer
  co_return co_await forget_old(keys, at);
}

Task<void> UrlKeys::look_for_new() {
  auto begin = [this](gtr_completion done) { read_for(done); };
  co_await host_.complete(begin);
}

void UrlKeys::read_for(gtr_completion waiting) {
  bool is_first = false, waits = false;
  {
    const std::lock_guard lock(mutex_);
    const Clock::time_point at = Clock::now();
    is_first = !is_reading_ && (!read_at_ || at - *read_at_ >= kReadPause);
    if (is_first) read_at_ = at;
    waits = is_reading_ = is_reading_ || is_first;
    if (waits) waiting_.push_back(waiting);
  }
  if (!waits) waiting.done(waiting.context, GTR_OK, {nullptr, 0});
  if (is_first) host_.run(read());
}

Task<void> UrlKeys::read() {
  Result<std::map<std::int64_t, UrlSigner::Key>> keys = co_await repository_.keys();
  if (keys) signer_.set_keys(*std::move(keys));  // else the URL is of an unknown key, as before
  std::vector<gtr_completion> waiting;
  {
    const std::lock_guard lock(mutex_);
    is_reading_ = false;
    waiting.swap(waiting_);
  }
  for (const gtr_completion& each : waiting) each.done(each.context, GTR_OK, {nullptr, 0});
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
