#include "router.hpp"

#include <catch2/catch_test_macros.hpp>

#include "target.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::size_t kNone = 999;

struct Found {
  std::size_t number = kNone;
  std::string values;
  bool operator==(const Found&) const = default;
};

Found look_up(const Router& router, Method method, const char* path) {
  Target target;
  if (!target.parse(path).empty()) return {};
  const auto match = router.find(method, target.segments());
  if (match.route == nullptr) return {};
  Found found{match.route->number, {}};
  for (std::size_t i = 0; i < match.value_count; ++i) {
    found.values.append(match.route->parameters[i]).append("=").append(match.values[i]).append(";");
  }
  return found;
}

Router contract_router() {
  Router router;
  REQUIRE(router.add(Method::kPost, "/devices/register", 1) == "");
  REQUIRE(router.add(Method::kGet, "/devices/{controller_id}", 2) == "");
  REQUIRE(router.add(Method::kPatch, "/devices/{controller_id}", 3) == "");
  REQUIRE(router.add(Method::kGet, "/devices/{controller_id}/users", 4) == "");
  REQUIRE(router.add(Method::kDelete, "/devices/{controller_id}/users/{user_id}", 5) == "");
  REQUIRE(router.add(Method::kGet, "/users/me/devices", 6) == "");
  REQUIRE(router.add(Method::kGet, "/commands/{command_id}", 7) == "");
  REQUIRE(router.add(Method::kGet, "/commands/status/{controller_id}", 8) == "");
  REQUIRE(router.add(Method::kGet, "/", 9) == "");
  return router;
}

}  // namespace

TEST_CASE("paths lead to their routes") {
  const auto router = contract_router();
  struct Row {
    Method method;
    const char* path;
    Found expected;
  };
  const Row rows[] = {
      {Method::kPost, "/devices/register", {1, ""}},
      {Method::kGet, "/devices/gate-7", {2, "controller_id=gate-7;"}},
      {Method::kHead, "/devices/gate-7", {2, "controller_id=gate-7;"}},
      {Method::kPatch, "/devices/gate-7", {3, "controller_id=gate-7;"}},
      {Method::kGet, "/devices/register", {2, "controller_id=register;"}},
      {Method::kGet, "/devices/register/users", {4, "controller_id=register;"}},
      {Method::kDelete, "/devices/a%2Fb/users/12", {5, "controller_id=a/b;user_id=12;"}},
      {Method::kGet, "/users/me/devices", {6, ""}},
      {Method::kGet, "/commands/status", {7, "command_id=status;"}},
      {Method::kGet, "/commands/status/gate-7", {8, "controller_id=gate-7;"}},
      {Method::kGet, "/", {9, ""}},
      {Method::kGet, "/devices", {}},
      {Method::kGet, "/devices/", {}},
      {Method::kGet, "/devices//users", {}},
      {Method::kGet, "/devices/gate-7/", {}},
      {Method::kGet, "/Devices/gate-7", {}},
      {Method::kPut, "/devices/gate-7", {}},
      {Method::kGet, "/devices/gate-7/users/1/2", {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path, method_name(row.method));
    CHECK(look_up(router, row.method, row.path) == row.expected);
  }
}

TEST_CASE("a path knows the methods that it takes") {
  const auto router = contract_router();
  CHECK(router.find(Method::kPut, {"devices", "gate-7"}).allowed() == "GET, HEAD, PATCH, OPTIONS");
  CHECK(router.find(Method::kPut, {"devices", "register"}).allowed() == "GET, HEAD, POST, PATCH, OPTIONS");
  CHECK(router.find(Method::kPut, {"nothing"}).methods == 0);
}

TEST_CASE("bad templates are refused") {
  Router router;
  REQUIRE(router.add(Method::kGet, "/a/{b}", 0) == "");
  for (const auto* bad :
       {"", "a", "/a//b", "/a/", "/a/x{b}", "/a/{}", "/a/{b}/{b}", "/a/{c}", "/{1}/{2}/{3}/{4}/{5}/{6}/{7}/{8}/{9}"}) {
    CAPTURE(bad);
    CHECK(router.add(Method::kGet, bad, 1) != "");
  }
  CHECK(router.add(Method::kPost, "/a/{other}", 1) == "");
}

}  // namespace gatetorio::transport_http
