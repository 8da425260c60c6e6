// What the plugin does where it may have missed something: a deleted device, the end of a grant.
#include <catch2/catch_test_macros.hpp>

#include "auth_fixture.hpp"
#include "gatetorio/events.hpp"
#include "grant_keeper.hpp"
#include "service.hpp"

namespace gatetorio::auth {
namespace {

struct MissedFixture : test::AuthFixture {
  MissedFixture() {
    subscription.emplace(Subscription::to<AccessChanged>(
        other, WhenFull::kDropOldest, 100, [this](const AccessChanged& event) { told.put(event.id); }, kGapIsHarmless));
  }
  ~MissedFixture() {
    subscription.reset();
    end();
  }
  test::AskedBatch next_batch() {
    auto batch = batches.take();
    REQUIRE(batch);
    return *std::move(batch);
  }
  void tell_of_changes() {
    spawn(
        keeper.tell_of_changes(), [this] { rounds.put(true); }, [](std::exception_ptr) {});
  }

  Settings settings;
  ServiceClient devices{host, DeviceRegistry::kId};
  Repository repository{database};
  Service service{host, repository, devices, settings};
  GrantKeeper keeper{host, repository};
  test::Inbox<std::int64_t> told;
  test::Inbox<bool> rounds;
  std::optional<Subscription> subscription;
};

}  // namespace

TEST_CASE_METHOD(MissedFixture,
                 "where news of deleted devices were lost, grants on devices that are gone are removed") {
  service.deletions_missed();
  answer(next_batch(), {3, 4, 5});
  const auto asked = questions.take();
  REQUIRE(asked);
  CHECK(asked->ids == std::vector<std::int64_t>{3, 4, 5});
  answer(*asked, {{.id = 3}, {.id = 5}});
  const test::AskedBatch removal = next_batch();
  CHECK(removal.sql.starts_with("DELETE FROM grants"));
  CHECK(removal.numbers == std::vector<std::int64_t>{4});
  answer(removal, {42});
  CHECK(told.take() == 42);
  const test::AskedBatch next_page = next_batch();
  CHECK(next_page.numbers.front() == 5);
  answer(next_page, {});
}

TEST_CASE_METHOD(MissedFixture, "a stretch of time whose ended grants could not be read is read the next time") {
  tell_of_changes();
  const test::AskedBatch failed = next_batch();
  fail(failed);
  REQUIRE(rounds.take());
  tell_of_changes();
  const test::AskedBatch again = next_batch();
  CHECK(again.numbers.front() <= failed.numbers.front());
  answer(again, {42});
  CHECK(told.take() == 42);
  answer(next_batch(), {});  // there is nothing to plan
  REQUIRE(rounds.take());
  tell_of_changes();
  const test::AskedBatch next = next_batch();
  CHECK(next.numbers.front() <= again.numbers.back());
  answer(next, {});
  answer(next_batch(), {});
  REQUIRE(rounds.take());
}

TEST_CASE("wherever the wall clock goes, the stretch that it passed holds every end that it passed") {
  constexpr std::int64_t kSecond = kMicrosecondsPerSecond, kHour = kMicrosecondsPerHour, kAt = 1'800'000'000 * kSecond;
  const std::chrono::seconds elapsed(1);
  const auto passed = [&](std::int64_t to) { return stretch_since({kAt}, {to}, elapsed); };
  const auto holds = [](const Stretch& stretch, std::int64_t end) {
    return end > stretch.from.us && end <= stretch.until.us;
  };
  CHECK(holds(passed(kAt + kSecond), kAt + kSecond / 2));
  CHECK(holds(passed(kAt + kHour), kAt + kHour / 2));
  const Stretch back = passed(kAt - kHour);
  CHECK(holds(back, kAt - kHour / 2));            // has begun again
  CHECK(holds(back, kAt - kHour - kSecond / 2));  // has begun and ended again since
  CHECK(holds(back, kAt));
  CHECK_FALSE(holds(back, kAt - kHour - 2 * kSecond));
}

}  // namespace gatetorio::auth
