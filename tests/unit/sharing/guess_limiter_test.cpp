#include "guess_limiter.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::sharing {
namespace {

using Clock = GuessLimiter::Clock;
using std::chrono::seconds;

const Clock::time_point kStart = Clock::now();

TEST_CASE("who has tried as many wrong tokens as a minute allows must wait") {
  GuessLimiter limiter(3, 100);
  for (int i = 0; i < 3; ++i) {
    CHECK(limiter.wait_s("a", "192.0.2.1", kStart) == 0);
    limiter.count("a", "192.0.2.1", kStart);
  }
  CHECK(limiter.wait_s("a", "192.0.2.1", kStart) == 20);
  CHECK(limiter.wait_s("a", "192.0.2.9", kStart) == 20);
  CHECK(limiter.wait_s("b", "192.0.2.1", kStart) == 0);
}

TEST_CASE("waiting gives another try, and a minute of it all of them") {
  GuessLimiter limiter(3, 100);
  for (int i = 0; i < 3; ++i) limiter.count("a", "192.0.2.1", kStart);
  CHECK(limiter.wait_s("a", "192.0.2.1", kStart + seconds(19)) == 1);
  CHECK(limiter.wait_s("a", "192.0.2.1", kStart + seconds(20)) == 0);
  limiter.count("a", "192.0.2.1", kStart + seconds(20));
  CHECK(limiter.wait_s("a", "192.0.2.1", kStart + seconds(20)) == 20);
  CHECK(limiter.wait_s("a", "192.0.2.1", kStart + seconds(80)) == 0);
}

TEST_CASE("many principals behind one address share its limit") {
  GuessLimiter limiter(3, 5);
  for (int i = 0; i < 5; ++i) limiter.count("principal " + std::to_string(i), "192.0.2.1", kStart);
  CHECK(limiter.wait_s("a new one", "192.0.2.1", kStart) == 12);
  CHECK(limiter.wait_s("a new one", "192.0.2.2", kStart) == 0);
}

TEST_CASE("an IPv6 network of 64 bits is one address") {
  GuessLimiter limiter(100, 1);
  limiter.count("a", "2001:db8::1", kStart);
  limiter.count("a", "192.0.2.1", kStart);
  CHECK(limiter.wait_s("a", "2001:db8:0:0:ffff::2", kStart) > 0);
  CHECK(limiter.wait_s("a", "2001:db8:0:1::1", kStart) == 0);
  CHECK(limiter.wait_s("a", "::ffff:192.0.2.1", kStart) > 0);
  CHECK(limiter.wait_s("a", "192.0.2.2", kStart) == 0);
}

TEST_CASE("a flood of callers does not fill the memory") {
  GuessLimiter limiter(3, 1'000'000);
  for (int i = 0; i < 250'000; ++i) limiter.count("principal " + std::to_string(i), "192.0.2.1", kStart);
  CHECK(limiter.wait_s("principal 249999", "192.0.2.1", kStart) == 0);
}

}  // namespace
}  // namespace gatetorio::sharing
