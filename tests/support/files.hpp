// Files of the tests: making them, and what happens at their URLs.
#pragma once

#include <random>

#include "support/people.hpp"

namespace gatetorio::testing {

// `size` bytes without a pattern; the same for the same seed.
inline std::string random_bytes(std::size_t size, unsigned seed = 1) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    const std::uint64_t word = random();
    for (std::size_t j = 0; j < 8; ++j) bytes[i + j] = static_cast<char>(word >> (8 * j));
  }
  for (std::size_t i = size / 8 * 8; i < size; ++i) bytes[i] = static_cast<char>(random());
  return bytes;
}

// What HttpClient asks for to reach a URL of the hub: the path below /api/v1. Throws for a URL of another place.
inline std::string path_of(const std::string& url) {
  const auto at = url.find("/api/v1/");
  if (!url.starts_with("http://127.0.0.1:") || at == std::string::npos)
    throw std::runtime_error("no URL of the hub: " + url);
  return url.substr(at + 7);
}

inline HttpRequest tus(const std::string& method, const std::string& url, std::vector<std::string> headers = {}) {
  headers.insert(headers.begin(), "Tus-Resumable: 1.0.0");
  return {.method = method, .path = path_of(url), .headers = std::move(headers)};
}

inline HttpRequest tus_patch(const std::string& url, std::size_t offset, std::string bytes,
                             std::vector<std::string> headers = {}) {
  headers.push_back("Upload-Offset: " + std::to_string(offset));
  HttpRequest request = tus("PATCH", url, std::move(headers));
  request.body = std::move(bytes);
  request.content_type = "application/offset+octet-stream";
  return request;
}

inline HttpRequest put(const std::string& url, std::string bytes) {
  return {.method = "PUT", .path = path_of(url), .body = std::move(bytes), .content_type = "application/octet-stream"};
}

}  // namespace gatetorio::testing
