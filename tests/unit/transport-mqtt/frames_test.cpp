// The stream of frames between the hub and the broker's guard.
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "broker/protocol.hpp"

namespace gatetorio::transport_mqtt {
namespace {

std::string frame(char kind, const std::string& payload) {
  const auto size = static_cast<std::uint32_t>(payload.size() + 1);
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + kind + payload;
}

int read_all(FrameReader& frames) {
  int count = 0;
  while (frames.next()) ++count;
  return count;
}

TEST_CASE("frames that were read are forgotten, whether or not a piece of the next one is there") {
  const std::string whole = frame('a', std::string(1000, 'x'));
  for (const std::size_t piece : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{500}}) {
    CAPTURE(piece);
    FrameReader frames;
    frames.append(whole.substr(0, piece));
    int count = 0;
    for (int i = 0; i < 5000; ++i) {
      frames.append(whole.substr(piece) + whole.substr(0, piece));
      count += read_all(frames);
    }
    CHECK(count == 5000);
    CHECK(frames.held_bytes() < 64 * 1024);
  }
}

TEST_CASE("after a burst the reader gives its memory back") {
  FrameReader frames;
  const std::string large = frame('a', std::string(60'000, 'x'));
  for (int i = 0; i < 100; ++i) frames.append(large);
  CHECK(read_all(frames) == 100);
  CHECK(frames.held_bytes() < 1024 * 1024);
  frames.append(large);
  CHECK(read_all(frames) == 1);
}

}  // namespace
}  // namespace gatetorio::transport_mqtt
