#include "siphash.hpp"

#include <bit>
#include <cstring>
#include <random>

namespace gatetorio::transport_http {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

}  // namespace

HashKey HashKey::random() {
  std::random_device source;
  const auto word = [&source] { return static_cast<std::uint64_t>(source()) << 32 | source(); };
  const auto first = word();
  return {first, word()};
}

std::uint64_t siphash(const HashKey& key, std::string_view text) {
  State state{key.first ^ 0x736f6d6570736575u, key.second ^ 0x646f72616e646f6du, key.first ^ 0x6c7967656e657261u,
              key.second ^ 0x7465646279746573u};
  const std::size_t whole = text.size() & ~std::size_t{7};
  for (std::size_t i = 0; i < whole; i += 8) state.absorb(load(text.data() + i, 8));
  const std::uint64_t length = static_cast<std::uint64_t>(text.size()) << 56;
  state.absorb(text.size() == whole ? length : length | load(text.data() + whole, text.size() - whole));
  state.v2 ^= 0xFF;
  for (int i = 0; i < 3; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace gatetorio::transport_http
