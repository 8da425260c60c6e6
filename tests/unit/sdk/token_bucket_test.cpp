// Buckets, by moved clocks.
#include "gatetorio/token_bucket.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

namespace gatetorio {
namespace {

using namespace std::chrono_literals;

constexpr TokenRate kRate{.per_second = 10, .most = 3};
const TokenBucket::Clock::time_point kStart{1h};

TEST_CASE("a token bucket gives its filling at once, then its rate") {
  TokenBucket bucket(kRate, kStart);
  for (int i = 0; i < 3; ++i) {
    CHECK(bucket.wait_s(kRate, kStart) == 0);
    bucket.spend(kRate, kStart);
  }
  CHECK(bucket.wait_s(kRate, kStart) == Catch::Approx(0.1));
  CHECK(bucket.wait_s(kRate, kStart, 3) == Catch::Approx(0.3));
  CHECK(bucket.wait_s(kRate, kStart + 50ms) == Catch::Approx(0.05));
  CHECK(bucket.wait_s(kRate, kStart + 101ms) == 0);
}

TEST_CASE("a token bucket fills up to its most and no further") {
  TokenBucket bucket(kRate, kStart);
  bucket.spend(kRate, kStart, 2);
  CHECK_FALSE(bucket.is_full(kRate, kStart + 199ms));
  CHECK(bucket.is_full(kRate, kStart + 201ms));
  CHECK(bucket.level(kRate, kStart + 1h) == 3);
}

TEST_CASE("who spends what is not there owes it, down to a bound") {
  TokenBucket lenient(kRate, kStart), strict(kRate, kStart);
  for (int i = 0; i < 100; ++i) {
    lenient.spend(kRate, kStart);
    strict.spend(kRate, kStart, 1, -3);
  }
  CHECK(lenient.wait_s(kRate, kStart) == Catch::Approx(0.1));
  CHECK(strict.wait_s(kRate, kStart) == Catch::Approx(0.4));
}

TEST_CASE("a clock that another thread read earlier gives no tokens and takes none") {
  TokenBucket bucket(kRate, kStart);
  bucket.spend(kRate, kStart, 3);
  CHECK(bucket.level(kRate, kStart - 1s) == 0);
  bucket.spend(kRate, kStart - 1s, 1, -3);
  CHECK(bucket.level(kRate, kStart) == -1);
}

}  // namespace
}  // namespace gatetorio
