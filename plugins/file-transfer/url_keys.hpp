// The keys of signed URLs: made, taken into use and, long after they signed last, forgotten.
#pragma once

#include "repository.hpp"
#include "vault.hpp"

namespace gatetorio::file_transfer {

class UrlKeys {
 public:
  UrlKeys(Repository& repository, UrlSigner& signer, const Settings& settings)
      : repository_(repository), signer_(signer), settings_(settings), grace_(settings.sweep_grace()) {}

  // Makes a new key when the newest is old, forgets those whose last URL has ended, and gives the rest to the signer.
  Task<Result<void>> load();

 private:
  Task<Result<void>> forget_old(const std::map<std::int64_t, UrlSigner::Key>& keys, Timestamp at);

  Repository& repository_;
  UrlSigner& signer_;
  const Settings& settings_;
  Grace grace_;
};

}  // namespace gatetorio::file_transfer
