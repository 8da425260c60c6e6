// The keys of signed URLs: made, taken into use and, long after they signed last, forgotten.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <vector>

#include "repository.hpp"
#include "vault.hpp"

namespace gatetorio::file_transfer {

class UrlKeys {
 public:
  UrlKeys(Host& host, Repository& repository, UrlSigner& signer, const Settings& settings)
      : host_(host), repository_(repository), signer_(signer), settings_(settings), grace_(settings.sweep_grace()) {}

  // Makes a new key when the newest is old, forgets those whose last URL has ended, and gives the rest to the signer.
  Task<Result<void>> load();
  // Somebody shows a URL of a key that the signer does not know: another hub may have made it. Comes back when the keys
  // were read anew, or at once where they were within the last second, so that wrong URLs are no load.
  Task<void> look_for_new();

 private:
  using Clock = std::chrono::steady_clock;

  Task<Result<void>> forget_old(const std::map<std::int64_t, UrlSigner::Key>& keys, Timestamp at);
  void read_for(gtr_completion waiting);
  Task<void> read();

  Host& host_;
  Repository& repository_;
  UrlSigner& signer_;
  const Settings& settings_;
  Grace grace_;
  std::mutex mutex_;  // guards what follows
  bool is_reading_ = false;
  std::optional<Clock::time_point> read_at_;  // by look_for_new()
  std::vector<gtr_completion> waiting_;
};

}  // namespace gatetorio::file_transfer
