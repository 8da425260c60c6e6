// What the fuzz targets share: memory that ends where the input ends, and the check of a property.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace gatetorio::fuzz {

// Ends the run as a crash does, so that libFuzzer keeps the input.
[[noreturn]] inline void broken(const char* property, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, property);
  std::abort();
}

// A copy in a block of exactly its size: AddressSanitizer sees the first byte that is read beyond it.
class Exact {
 public:
  explicit Exact(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    text.copy(bytes_.get(), size_);
  }
  std::string_view view() const { return {bytes_.get(), size_}; }
  char* data() { return bytes_.get(); }
  std::size_t size() const { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return size == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char*>(data), size);
}

// Cuts the first line off; what follows the last line break is a line, too.
inline std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

// Sizes of pieces, 1 to 16, that are always the same for one input: how a text arrives over a network.
class Pieces {
 public:
  explicit Pieces(std::string_view text) {
    for (const char c : text) state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  std::size_t next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return 1 + (state_ >> 60);
  }

 private:
  std::uint64_t state_ = 14695981039346656037u;
};

}  // namespace gatetorio::fuzz

// The property must hold whatever the input is.
#define FUZZ_HOLDS(property) \
  ((property) ? static_cast<void>(0) : gatetorio::fuzz::broken(#property, __FILE__, __LINE__))
