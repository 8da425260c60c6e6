#include "login_brake.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio::admin {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

const LoginBrake::Clock::time_point kStart = LoginBrake::Clock::now();

// One attempt from this address; how long it had to wait.
milliseconds attempt(LoginBrake& brake, const std::string& name, const std::string& peer, bool is_right,
                     LoginBrake::Clock::time_point at = kStart) {
  const auto wait = brake.enter(name, peer, at);
  REQUIRE(wait);
  brake.left(name, peer, is_right, at);
  return *wait;
}

TEST_CASE("guesses of one account wait longer and longer, up to eight seconds, and nobody is locked out") {
  LoginBrake brake;
  for (int i = 0; i < 5; ++i) CHECK(attempt(brake, "anna", "192.0.2." + std::to_string(i), false).count() == 0);
  milliseconds wait{0};
  for (int i = 0; i < 100; ++i) wait = attempt(brake, "anna", "198.51.100." + std::to_string(i), false);
  CHECK(wait == LoginBrake::kLongest);
  CHECK(attempt(brake, "anna", "192.0.2.77", true) == LoginBrake::kLongest);  // she gets in, a little later
  CHECK(attempt(brake, "bert", "192.0.2.77", true).count() == 0);             // others do not wait
  CHECK(attempt(brake, "anna", "192.0.2.77", true, kStart + minutes(2)).count() == 0);
}

TEST_CASE("guesses of many accounts from one address wait, too, IPv6 by its network") {
  LoginBrake brake;
  for (int i = 0; i < 20; ++i) attempt(brake, "user" + std::to_string(i), "2001:db8::" + std::to_string(i), false);
  CHECK(attempt(brake, "another", "2001:db8::ffff", true) > milliseconds(0));
  CHECK(attempt(brake, "another", "2001:db8:0:1::1", true).count() == 0);
}

TEST_CASE("an address has a few logins under way at a time") {
  LoginBrake brake;
  for (int i = 0; i < LoginBrake::kMostWaiting; ++i) CHECK(brake.enter("anna", "192.0.2.1", kStart));
  CHECK_FALSE(brake.enter("anna", "192.0.2.1", kStart));
  CHECK(brake.enter("anna", "192.0.2.2", kStart));
  brake.left("anna", "192.0.2.1", true, kStart);
  CHECK(brake.enter("anna", "192.0.2.1", kStart));
}

}  // namespace
}  // namespace gatetorio::admin
