// Access is judged by the resource's id where it is known, and by the name else.
#include "access.hpp"

#include <catch2/catch_test_macros.hpp>

#include "auth_fixture.hpp"

namespace gatetorio::auth {
namespace {

struct AccessFixture : test::AuthFixture {
  ~AccessFixture() { end(); }
  void ask(AccessQuery query) {
    spawn(
        decisions.check(std::move(query)), [this](Result<Decision> decision) { answers.put(std::move(decision)); },
        [](std::exception_ptr) {});
  }
  Result<Decision> decided() {
    auto answer_given = answers.take();
    REQUIRE(answer_given);
    return *std::move(answer_given);
  }

  ServiceClient devices{host, DeviceRegistry::kId};
  Repository repository{database};
  AccessDecisions decisions{host, repository, devices};
  test::Inbox<Result<Decision>> answers;
};

const Principal kDevice{.kind = "device", .id = 7};
const Principal kAdmin{.kind = "admin", .id = 1, .role = "admin"};

}  // namespace

TEST_CASE_METHOD(AccessFixture, "an id that is given counts, whatever name stands beside it") {
  ask({kDevice, "the-name-of-another", "self", 7});
  const auto asked = questions.take();
  REQUIRE(asked);
  CHECK(asked->name.empty());
  CHECK(asked->ids == std::vector<std::int64_t>{7});
  answer(*asked, {{.id = 7, .controller_id = "gate-now"}});
  const Result<Decision> decision = decided();
  REQUIRE(decision);
  CHECK(decision->is_allowed);
  CHECK(decision->access.resource_id == 7);
  CHECK(decision->access.resource == "gate-now");
}

TEST_CASE_METHOD(AccessFixture,
                 "a resource that does not exist is not found by its id, not for itself nor for an admin") {
  for (const Principal& principal : {kDevice, kAdmin}) {
    ask({principal, "", principal.kind == "device" ? "self" : "viewer", 7});
    const auto asked = questions.take();
    REQUIRE(asked);
    answer(*asked, {});
    const Result<Decision> decision = decided();
    REQUIRE_FALSE(decision);
    CHECK(decision.error().status == Status::kNotFound);
  }
}

TEST_CASE_METHOD(AccessFixture, "without an id the name is looked up, and without either the role decides") {
  ask({kAdmin, "gate", "viewer"});
  const auto asked = questions.take();
  REQUIRE(asked);
  CHECK(asked->name == "gate");
  platform.services.complete(asked->call, GTR_OK, wire::encode(Device{.id = 9, .controller_id = "gate"}));
  const Result<Decision> by_name = decided();
  REQUIRE(by_name);
  CHECK(by_name->access.resource_id == 9);
  ask({kAdmin, "", "admin"});
  const Result<Decision> by_role = decided();
  REQUIRE(by_role);
  CHECK(by_role->is_allowed);
  CHECK(questions.size() == 0);
}

}  // namespace gatetorio::auth
