#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "connection_table.hpp"
#include "request_limits.hpp"
#include "token_buckets.hpp"

namespace gatetorio::transport_http {
namespace {

using Clock = TokenBuckets::Clock;
using std::chrono::milliseconds;

const Clock::time_point kStart = Clock::time_point(std::chrono::hours(1));

}  // namespace

TEST_CASE("a bucket gives its burst and then its rate") {
  TokenBuckets buckets({10, 3}, 100);
  for (int i = 0; i < 3; ++i) CHECK(buckets.take(1, kStart) == 0);
  CHECK(buckets.take(1, kStart) == Catch::Approx(0.1));
  CHECK(buckets.take(1, kStart + milliseconds(50)) == Catch::Approx(0.05).margin(0.001));
  CHECK(buckets.take(1, kStart + milliseconds(101)) == 0);
  CHECK(buckets.take(1, kStart + milliseconds(102)) > 0);
}

TEST_CASE("an idle bucket fills up to its burst and no further") {
  TokenBuckets buckets({10, 3}, 100);
  for (int i = 0; i < 3; ++i) buckets.take(1, kStart);
  const auto later = kStart + std::chrono::hours(1);
  for (int i = 0; i < 3; ++i) CHECK(buckets.take(1, later) == 0);
  CHECK(buckets.take(1, later) > 0);
}

TEST_CASE("keys do not share tokens, and asking takes none") {
  TokenBuckets buckets({1, 1}, 100);
  CHECK(buckets.take(1, kStart) == 0);
  CHECK(buckets.take(2, kStart) == 0);
  CHECK(buckets.wait_time(3, kStart) == 0);
  CHECK(buckets.take(3, kStart) == 0);
  CHECK(buckets.wait_time(3, kStart) > 0);
}

TEST_CASE("a flood of keys does not free one that is being limited") {
  TokenBuckets buckets({0.001, 5}, 256);
  for (int i = 0; i < 5; ++i) buckets.take(42, kStart);
  REQUIRE(buckets.take(42, kStart) > 0);
  for (std::uint64_t key = 1000; key < 100'000; ++key) buckets.take(key, kStart);
  CHECK(buckets.take(42, kStart) > 0);
}

TEST_CASE("requests are limited by address, by credential and by failed logins") {
  RateLimits rates;
  rates.address = {1, 10};
  rates.credential = {1, 2};
  rates.failed_login = {1, 1};
  RequestLimits limits(rates);
  CHECK(limits.admit(1, "token", kStart).seconds == 0);
  CHECK(limits.admit(2, "token", kStart).seconds == 0);
  CHECK(limits.admit(3, "token", kStart).seconds == 1);
  CHECK(limits.admit(3, "other", kStart).seconds == 0);
  CHECK_FALSE(limits.admit(3, "token", kStart).is_for_guessing);
  limits.count_failed_login(3, kStart);
  CHECK(limits.admit(3, "third", kStart).seconds == 1);
  CHECK(limits.admit(3, "third", kStart).is_for_guessing);
  CHECK(limits.admit(3, "third", kStart + milliseconds(1100)).seconds == 0);
  for (int i = 0; i < 10; ++i) CHECK(limits.admit(9, "", kStart).seconds == 0);
  CHECK(limits.admit(9, "", kStart).seconds == 1);
}

TEST_CASE("limits that are switched off let everything pass") {
  RateLimits rates;
  rates.enabled = false;
  rates.address = {1, 1};
  RequestLimits limits(rates);
  for (int i = 0; i < 5; ++i) {
    limits.count_failed_login(1, kStart);
    CHECK(limits.admit(1, "token", kStart).seconds == 0);
  }
}

TEST_CASE("connections are counted in all and by address") {
  ConnectionTable table(3, 2);
  CHECK(table.enter(1, false));
  CHECK(table.enter(1, false));
  CHECK_FALSE(table.enter(1, false));
  CHECK(table.enter(1, true));
  CHECK_FALSE(table.enter(2, false));
  table.leave(1);
  CHECK(table.enter(2, false));
  table.leave(1);
  table.leave(1);
  table.leave(7);
  CHECK(table.enter(1, false));
}

}  // namespace gatetorio::transport_http
