#include "url_signer.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

std::string_view path_of(Direction direction) { return direction == Direction::kUpload ? "uploads" : "downloads"; }

// Everything that a signature vouches for. No part can contain the separator.
std::string signed_text(Direction direction, std::string_view file_id, const Holder& holder, std::string_view expires,
                        std::string_view key) {
  std::string text(path_of(direction));
  const std::string name = name_of(holder.who);
  for (const std::string_view part :
       {file_id, std::string_view(name), std::string_view(holder.credentials), expires, key}) {
    text.append("\n").append(part);
  }
  return text;
}

std::string signature_of(const std::string& secret, const std::string& text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return to_base64url({reinterpret_cast<const char*>(mac), size});
}

}  // namespace

void UrlSigner::set_keys(std::map<std::int64_t, Key> keys) {
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

std::string UrlSigner::sign(Direction direction, const Ticket& ticket) const {
  const std::lock_guard lock(mutex_);
  if (keys_.empty()) return {};
  const auto& [key_id, key] = *keys_.rbegin();
  const std::string file = std::to_string(ticket.file_id), number = std::to_string(key_id);
  const std::string expires = std::to_string(ticket.expires_at.us / kMicrosecondsPerSecond);
  return "/" + std::string(path_of(direction)) + "/" + file + "?holder=" + name_of(ticket.holder.who) +
         "&expires=" + expires + "&key=" + number +
         "&signature=" + signature_of(key.secret, signed_text(direction, file, ticket.holder, expires, number));
}

bool UrlSigner::knows_key_of(const SignedInput& url) const {
  const auto key_id = url.key ? parse_id(*url.key) : std::nullopt;
  if (!key_id) return true;
  const std::lock_guard lock(mutex_);
  return keys_.contains(*key_id);
}

std::optional<PrincipalId> UrlSigner::holder_named_by(const SignedInput& url) {
  return url.holder ? parse_principal_name(*url.holder) : std::nullopt;
}

std::optional<Ticket> UrlSigner::verify(Direction direction, const SignedInput& url, const Holder& holder,
                                        Timestamp at) const {
  if (holder_named_by(url) != holder.who || !url.expires || !url.key || !url.signature) return std::nullopt;
  const auto file = parse_id(url.file_id), expires = parse_id(*url.expires), key_id = parse_id(*url.key);
  if (!file || !expires || !key_id) return std::nullopt;
  std::string secret;
  {
    const std::lock_guard lock(mutex_);
    const auto key = keys_.find(*key_id);
    if (key == keys_.end()) return std::nullopt;
    secret = key->second.secret;
  }
  const std::string wanted = signature_of(secret, signed_text(direction, url.file_id, holder, *url.expires, *url.key));
  if (!equal_in_constant_time(wanted, *url.signature)) return std::nullopt;
  const bool is_over = *expires <= at.us / kMicrosecondsPerSecond;
  if (is_over) return std::nullopt;
  return Ticket{*file, holder, {*expires * kMicrosecondsPerSecond}};
}

}  // namespace gatetorio::file_transfer
