// URLs that let whoever holds them move one file one way, for a while, on behalf of the principal whom they were made
// for: HMAC-SHA256 over all of that, with keys that rotate.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/time.hpp"
#include "rights.hpp"
#include "types.hpp"

namespace gatetorio::file_transfer {

enum class Direction { kUpload, kDownload };

// What a URL says, once its signature has been found good.
struct Ticket {
  std::int64_t file_id = 0;
  Holder holder;
  Timestamp expires_at;
};

// Usable from any thread; makes no calls.
class UrlSigner {
 public:
  struct Key {
    std::string secret;
    Timestamp created_at;
  };
  // The keys by their id; the newest signs.
  void set_keys(std::map<std::int64_t, Key> keys);

  // Path and query below the API's base: "/uploads/5?holder=user-17&expires=...&key=2&signature=...". Empty while there
  // is no key.
  std::string sign(Direction direction, const Ticket& ticket) const;
  // Whether there is the key that a URL names. True for one that names none: no key would make it good.
  bool knows_key_of(const SignedInput& url) const;
  // Whom a URL names as its holder: not to be believed before verify().
  static std::optional<PrincipalId> holder_named_by(const SignedInput& url);
  // Nothing where it is altered, foreign, of the other direction, expired at `at`, or made for somebody else, or for
  // other credentials, than `holder`.
  std::optional<Ticket> verify(Direction direction, const SignedInput& url, const Holder& holder, Timestamp at) const;

 private:
  mutable std::mutex mutex_;  // guards keys_
  std::map<std::int64_t, Key> keys_;
};

}  // namespace gatetorio::file_transfer
