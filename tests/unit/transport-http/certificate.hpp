// A certificate for a server of a test.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "settings.hpp"

namespace gatetorio::transport_http::test {

// A key and a self-signed certificate in a folder of their own.
class Certificate {
 public:
  Certificate()
      : folder_(std::filesystem::temp_directory_path() / ("tls-test-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directory(folder_);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    const auto* name = reinterpret_cast<const unsigned char*>("hub");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC, name, -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
    REQUIRE(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
    write("cert.pem", [&](FILE* file) { PEM_write_X509(file, made.get()); });
    write("key.pem", [&](FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }
  Settings settings() const {
    Settings settings;
    settings.tls_certificate = file("cert.pem");
    settings.tls_key = file("key.pem");
    return settings;
  }

 private:
  template <typename Write>
  void write(const char* name, Write content) {
    FILE* file_handle = std::fopen(file(name).c_str(), "w");
    REQUIRE(file_handle != nullptr);
    content(file_handle);
    std::fclose(file_handle);
  }
  std::filesystem::path folder_;
};

}  // namespace gatetorio::transport_http::test
