// The certificate chain and key of a TLS server, as files that somebody renews while it runs. Needs OpenSSL
// (libcrypto).
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "gatetorio/time.hpp"

namespace gatetorio {

class TlsFiles {
 public:
  // PEM files: the server's certificate with those that signed it behind it, and its private key.
  TlsFiles(std::string certificate, std::string key) : certificate_(std::move(certificate)), key_(std::move(key)) {}

  const std::string& certificate() const { return certificate_; }
  const std::string& key() const { return key_; }

  // Changes with each of the two files; 0 where one of them cannot be looked at.
  std::uint64_t stamp() const {
    std::uint64_t stamp = 0;  // wraps
    for (const std::string* file : {&certificate_, &key_}) {
      struct stat info {};
      if (::stat(file->c_str(), &info) != 0) return 0;
      const auto changed = static_cast<std::uint64_t>(info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec);
      stamp = stamp * 31 + changed + static_cast<std::uint64_t>(info.st_ino);
    }
    return stamp;
  }

  struct State {
    std::string wrong;     // why a server cannot use them; empty where it can
    Timestamp expires_at;  // of the server's own certificate
  };
  // Reads both. A certificate that has ended at `at`, or belongs to another key, cannot be used.
  State check(Timestamp at) const {
    const Certificate certificate = read<Certificate>(
        certificate_, [](BIO* file) { return PEM_read_bio_X509_AUX(file, nullptr, no_passphrase, nullptr); });
    if (!certificate) return {certificate_ + ": no certificate in PEM can be read", {}};
    const Key key =
        read<Key>(key_, [](BIO* file) { return PEM_read_bio_PrivateKey(file, nullptr, no_passphrase, nullptr); });
    if (!key) return {key_ + ": no private key in PEM without a passphrase can be read", {}};
    State state;
    tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) == 1) {
      state.expires_at = {::timegm(&end) * kMicrosecondsPerSecond};
    }
    const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!fits) state.wrong = key_ + ": the key is not that of the certificate " + certificate_;
    if (fits && state.expires_at <= at) state.wrong = certificate_ + ": the certificate has expired";
    return state;
  }

 private:
  struct Free {
    void operator()(BIO* file) const { BIO_free(file); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Certificate = std::unique_ptr<X509, Free>;
  using Key = std::unique_ptr<EVP_PKEY, Free>;

  // Nobody is asked for one: the server's terminal may be nobody's.
  static int no_passphrase(char*, int, int, void*) { return -1; }

  template <class Thing, class Read>
  static Thing read(const std::string& path, Read read) {
    const std::unique_ptr<BIO, Free> file(BIO_new_file(path.c_str(), "r"));
    Thing thing(file ? read(file.get()) : nullptr);
    ERR_clear_error();
    return thing;
  }

  std::string certificate_;
  std::string key_;
};

}  // namespace gatetorio
