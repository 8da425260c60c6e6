// What tests of section 6 do with files, on the shared hub.
#pragma once

#include <openssl/sha.h>

#include <catch2/catch_test_macros.hpp>

#include "shared_hub.hpp"
#include "support/files.hpp"

namespace gatetorio::testing {

inline std::string files_path(const TestDevice& device) { return "/files/" + device.controller_id; }

inline std::string hex_sha256(const std::string& bytes) {
  unsigned char hash[32];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  std::string hex;
  for (const unsigned char c : hash) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", c);
    hex += digits;
  }
  return hex;
}

inline HttpResponse announce(const std::string& bearer, const TestDevice& device, const std::string& bytes,
                             JsonObject more = {}) {
  JsonObject body{{"name", "firmware.bin"}, {"kind", "firmware"}, {"size", bytes.size()}};
  for (const auto& [name, value] : more) body[name] = value;
  const auto made = client(bearer).post(files_path(device), body);
  REQUIRE(made.status == 201);
  return made;
}

inline HttpResponse show(const std::string& bearer, const TestDevice& device, std::int64_t file_id) {
  return client(bearer).get(files_path(device) + "/" + std::to_string(file_id));
}

// A complete file; its id.
inline std::int64_t upload(const std::string& bearer, const TestDevice& device, const std::string& bytes,
                           JsonObject more = {}) {
  const auto made = announce(bearer, device, bytes, std::move(more));
  REQUIRE(client().request(put(made.text("upload_url"), bytes)).status == 204);
  return made.number("file_id");
}

inline std::string download_url(const std::string& bearer, const TestDevice& device, std::int64_t file_id) {
  return show(bearer, device, file_id).text("download_url");
}

inline HttpResponse fetch(const std::string& url, std::vector<std::string> headers = {},
                          const std::string& method = "GET") {
  return client().request({.method = method, .path = path_of(url), .headers = std::move(headers)});
}

}  // namespace gatetorio::testing
