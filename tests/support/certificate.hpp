// A certificate for 127.0.0.1 that signs itself.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace gatetorio::testing {

class Certificate {
 public:
  Certificate() { renew(); }
  // Makes another one, moved into place whole.
  void renew() {
    const std::string part = folder_.path().string() + "/new";
    const auto made =
        testing::run({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                      "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                      "-keyout", part + ".key", "-out", part + ".pem"});
    if (made.code != 0) throw std::runtime_error("no certificate: " + made.err);
    std::filesystem::rename(part + ".key", key());
    std::filesystem::rename(part + ".pem", file());
  }
  std::string file() const { return (folder_ / "hub.pem").string(); }
  std::string key() const { return (folder_ / "hub.key").string(); }

 private:
  TempDir folder_;
};

}  // namespace gatetorio::testing
