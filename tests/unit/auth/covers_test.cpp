// Which level covers which need.
#include <catch2/catch_test_macros.hpp>

#include "access.hpp"

namespace gatetorio::auth {
namespace {

TEST_CASE("a level covers itself and the lesser ones of its own order") {
  for (const char* need : {"owner", "engineer", "readonly"}) CHECK(covers("owner", need));
  CHECK(covers("engineer", "readonly"));
  CHECK_FALSE(covers("engineer", "owner"));
  CHECK_FALSE(covers("readonly", "engineer"));
  CHECK(covers("admin", "viewer"));
  CHECK_FALSE(covers("viewer", "admin"));
  CHECK_FALSE(covers("owner", "self"));
  CHECK_FALSE(covers("admin", "owner"));
  for (const char* need : {"", "owner", "viewer", "self"}) CHECK_FALSE(covers("", need));
}

}  // namespace
}  // namespace gatetorio::auth
