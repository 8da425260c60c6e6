#include "gatetorio/grace.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// Both clocks, set by the test.
struct Clocks {
  Timestamp wall{1'800'000'000LL * kMicrosecondsPerSecond};
  Grace::Clock::time_point steady{hours(5)};
  Grace grace{minutes(60)};

  void pass(minutes time) {
    steady += time;
    step(time);
  }
  void step(minutes by) { wall.us += by.count() * 60 * kMicrosecondsPerSecond; }
  // A round in which one thing is condemned.
  bool round(const std::string& what = "file 1") {
    grace.begin(wall, steady);
    const bool is_over = grace.is_over(what);
    grace.end();
    return is_over;
  }
};

TEST_CASE("what stays condemned for the whole grace is over, not before") {
  Clocks clocks;
  CHECK_FALSE(clocks.round());
  for (int i = 0; i < 59; ++i) {
    clocks.pass(minutes(1));
    CHECK_FALSE(clocks.round());
  }
  clocks.pass(minutes(1));
  CHECK(clocks.round());
}

TEST_CASE("a step of the wall clock begins the grace anew, forward and back") {
  for (const minutes step : {minutes(800 * 24 * 60), minutes(-800 * 24 * 60), minutes(3), minutes(-3)}) {
    CAPTURE(step.count());
    Clocks clocks;
    clocks.round();
    clocks.pass(minutes(59));
    clocks.step(step);
    CHECK_FALSE(clocks.round());
    clocks.pass(minutes(59));
    CHECK_FALSE(clocks.round());
    clocks.pass(minutes(1));
    CHECK(clocks.round());
  }
}

TEST_CASE("many small steps are a large one") {
  Clocks clocks;
  for (int i = 0; i < 120; ++i) {
    CHECK_FALSE(clocks.round());
    clocks.pass(minutes(1));
    clocks.step(minutes(1));
  }
}

TEST_CASE("what was not condemned for one whole round is condemned anew") {
  Clocks clocks;
  clocks.round();
  clocks.pass(minutes(30));
  clocks.round("another");
  clocks.pass(minutes(30));
  CHECK_FALSE(clocks.round());
}

TEST_CASE("a round that could not see everything forgets nothing") {
  Clocks clocks;
  clocks.round();
  clocks.pass(minutes(30));
  clocks.grace.begin(clocks.wall, clocks.steady);
  clocks.pass(minutes(30));
  CHECK(clocks.round());
}

TEST_CASE("without a grace the wall clock is believed at once") {
  Grace grace{minutes(0)};
  grace.begin({1}, Grace::Clock::now());
  CHECK(grace.is_over("file 1"));
}

}  // namespace
}  // namespace gatetorio
