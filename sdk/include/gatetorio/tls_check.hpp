// A TLS server's files before it starts: for plugins with the options "tls_certificate" and "tls_key". Needs OpenSSL.
#pragma once

#include <sys/stat.h>

#include <string>

#include "gatetorio/checks.hpp"
#include "gatetorio/time.hpp"
#include "gatetorio/tls_files.hpp"

namespace gatetorio {

// Missing, unreadable, of different pairs, expired or about to expire; a key that other users can read.
inline void check_tls_files(Checkup& checkup, const TlsFiles& files) {
  constexpr const char* kCertificate = "tls_certificate";
  constexpr const char* kKey = "tls_key";
  const bool has_certificate = checkup.can_read(kCertificate, files.certificate());
  const bool has_key = checkup.can_read(kKey, files.key());
  struct stat status {};
  constexpr mode_t kOthers = 07;
  if (::stat(files.key().c_str(), &status) == 0 && (status.st_mode & kOthers) != 0) {
    checkup.error(kKey, files.key() + " holds a private key, and every user of the machine can read it",
                  "sudo chmod o= " + files.key());
  }
  if (!has_certificate || !has_key) return;
  const TlsFiles::State state = files.check(now());
  if (!state.wrong.empty()) {
    const bool is_of_key = state.wrong.starts_with(files.key() + ":");
    const bool has_ended = state.wrong.ends_with("has expired");
    return checkup.error(is_of_key ? kKey : kCertificate, state.wrong,
                         has_ended ? "sudo certbot renew"
                                   : "openssl x509 -noout -pubkey -in " + files.certificate() +
                                         " and openssl pkey -pubout -in " + files.key() + " must print the same");
  }
  constexpr std::int64_t kDay = 24 * 3600 * kMicrosecondsPerSecond, kSoon = 14 * kDay;
  const std::int64_t left = state.expires_at.us - now().us;
  const std::string until = files.certificate() + " is good until " + to_rfc3339(state.expires_at);
  if (left < kSoon) return checkup.warn(kCertificate, until + ", which is soon", "sudo certbot renew");
  checkup.good(kCertificate, until);
}

}  // namespace gatetorio
