// Host::every in the fake host: one run at a time, woken, ended.
#include "gatetorio/ticker.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "gatetorio/operations.hpp"
#include "gatetorio/plugin.hpp"
#include "gatetorio/services.hpp"
#include "gatetorio/testing/fake_host.hpp"

namespace gatetorio {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Chore {
  static constexpr std::string_view kId = "test.chore/1";
  struct Do {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Nothing;
    using Reply = Nothing;
  };
};

// Does the test's chore every ten seconds, which are two calls of the test's service.
class Regular : public PluginBase {
 public:
  struct Settings {
    std::int64_t retry_ms = 10'000;
  };
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() {
    static const OptionTable<Settings> table = {option("retry_ms", &Settings::retry_ms, "After a failure.")};
    return table;
  }

  Regular(Host& host, Settings settings) : host_(host), settings_(settings), chore_(host, Chore::kId) { self = this; }
  ~Regular() { self = nullptr; }

  Task<Result<void>> start() {
    ticker = host_.every(seconds(10), [this] { return run(); },
                         {.what = "chores", .first = seconds(1), .retry = milliseconds(settings_.retry_ms)});
    host_.every(minutes(1), [this] { ++minutes_passed; });
    co_return Result<void>();
  }
  Task<Result<void>> stop() {
    was_running_at_stop = is_running;
    co_return Result<void>();
  }

  Task<Result<void>> run() {
    is_running = true;
    ++begun;
    if (wakes_within) ticker.wake(*wakes_within);
    if (throws) throw std::runtime_error("out of soap");
    const Result<Nothing> first = co_await chore_.call<Chore::Do>();
    const Result<Nothing> second = co_await chore_.call<Chore::Do>();
    is_running = false;
    if (!first) co_return first.error();
    if (!second) co_return second.error();
    co_return Result<void>();
  }

  static inline Regular* self = nullptr;
  static inline bool was_running_at_stop = false;
  Ticker ticker;
  std::optional<seconds> wakes_within;
  bool throws = false, is_running = false;
  int begun = 0, minutes_passed = 0;

 private:
  Host& host_;
  const Settings settings_;
  ServiceClient chore_;
};

const Manifest Regular::kManifest{.id = "regular", .version = "1.0.0", .summary = "Does chores."};

struct RegularFixture {
  RegularFixture() {
    host.provide<Chore::Do>(Chore::kId, [this](Nothing) -> Result<Nothing> {
      if (!trouble.empty()) return Error{.status = Status::kUnavailable, .detail = trouble};
      return Nothing{};
    });
  }
  Regular& begin(std::int64_t retry_ms = 10'000) {
    host.load(*detail::PluginGlue<Regular>::descriptor(), {{"retry_ms", retry_ms}});
    host.start();
    return *Regular::self;
  }
  int logged(const std::string& what) const {
    int count = 0;
    for (const auto& line : host.log()) {
      const auto why = line.fields.find("why");
      count += line.message.find(what) != std::string::npos || (why != line.fields.end() && why->second == what);
    }
    return count;
  }

  std::string trouble;
  testing::FakeHost host;
};

}  // namespace

TEST_CASE_METHOD(RegularFixture, "regular work is done when its interval has passed since the end of the last run") {
  Regular& regular = begin();
  CHECK(regular.begun == 0);
  host.advance(seconds(1));
  CHECK(regular.begun == 1);
  host.hold(Chore::kId);
  host.advance(seconds(10));
  CHECK(regular.begun == 2);
  host.advance(seconds(25));
  CHECK(regular.begun == 2);  // one at a time
  host.release();
  host.run();
  host.advance(seconds(9));
  CHECK(regular.begun == 2);
  host.advance(seconds(1));
  CHECK(regular.begun == 3);
  host.advance(minutes(2));
  CHECK(regular.minutes_passed >= 1);
}

TEST_CASE_METHOD(RegularFixture, "regular work that is woken is done at once, and again where that is under way") {
  Regular& regular = begin();
  regular.ticker.wake();
  host.run();
  CHECK(regular.begun == 1);
  host.hold(Chore::kId);
  regular.ticker.wake();
  host.run();
  for (int i = 0; i < 3; ++i) regular.ticker.wake();
  host.run();
  CHECK(regular.begun == 2);
  host.release();
  host.run();
  CHECK(regular.begun == 3);
  host.advance(seconds(10));
  CHECK(regular.begun == 4);
}

TEST_CASE_METHOD(RegularFixture, "regular work can be wanted within a time, which never makes it later") {
  Regular& regular = begin();
  regular.wakes_within = seconds(3);
  host.advance(seconds(1) + seconds(3) * 4);
  CHECK(regular.begun == 5);
  regular.wakes_within = seconds(3600);
  host.advance(seconds(3) + seconds(10) * 2);
  CHECK(regular.begun == 8);
}

TEST_CASE_METHOD(RegularFixture, "regular work is woken from any thread") {
  Regular& regular = begin();
  std::thread([&] { regular.ticker.wake(); }).join();
  host.run_until([&] { return regular.begun == 1; });
  CHECK(regular.begun == 1);
}

TEST_CASE_METHOD(RegularFixture, "an error of regular work is logged once until it changes or ends, and it goes on") {
  Regular& regular = begin(2'000);
  trouble = "no water";
  host.advance(seconds(1) + seconds(2) * 5);
  CHECK(regular.begun == 6);  // sooner after a failure
  CHECK(logged("no water") == 1);
  trouble = "no brush";
  host.advance(seconds(4));
  CHECK(logged("no brush") == 1);
  regular.throws = true;
  host.advance(seconds(4));
  CHECK(logged("out of soap") == 1);
  CHECK(logged("works again") == 0);
  regular.throws = false;
  trouble.clear();
  host.advance(seconds(30));
  CHECK(logged("works again") == 1);
  trouble = "no water";
  host.advance(seconds(30));
  CHECK(logged("no water") == 2);
}

TEST_CASE("a stop waits for the run under way, not for the interval, and nothing is done after it") {
  {
    RegularFixture fixture;
    Regular& regular = fixture.begin();
    fixture.host.advance(seconds(1));
    fixture.host.hold(Chore::kId);
    regular.ticker.wake();
    fixture.host.run();
    CHECK(regular.is_running);
    const Timestamp before = fixture.host.now();
    fixture.host.stop();
    CHECK_FALSE(Regular::was_running_at_stop);
    CHECK(fixture.host.now() == before);
    fixture.host.advance(minutes(5));
  }
  CHECK(Regular::self == nullptr);
}

TEST_CASE("a ticker that outlives its plugin, or has no work, wakes nothing") {
  Ticker ticker;
  ticker.wake();
  {
    RegularFixture fixture;
    ticker = fixture.begin().ticker;
  }
  ticker.wake();
  CHECK(Regular::self == nullptr);
}

}  // namespace gatetorio
