// The C++ layer of the SDK on a real platform: tasks that go on on their plugin's lane, services, events, timers.
#include <catch2/catch_test_macros.hpp>

#include "gatetorio/events.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"
#include "platform_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;

struct Number {
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))

struct Doubler {
  static constexpr std::string_view kId = "test.doubler/1";
  struct Double {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Number;
    using Reply = Number;
  };
};

struct Counted {
  static constexpr std::string_view kTopic = "test.counted";
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (count))

class DoublerService {
 public:
  explicit DoublerService(Host& host) : host_(host) {}
  Task<Result<Number>> twice(Number number) {
    if (number.value < 0) co_return Error{.status = Status::kInvalid, .detail = "Negative."};
    if (number.value == 13) throw std::runtime_error("unlucky");
    auto pausing = host_.sleep(1);
    co_await pausing;
    co_return Number{2 * number.value};
  }

 private:
  Host& host_;
};

struct HostFixture : PlatformFixture {
  HostFixture() { provider.on<Doubler::Double>(&DoublerService::twice).provide(Doubler::kId); }
  ~HostFixture() { end(); }
  FakePlugin& server = plugin("server", true, {"test.doubler/1"});
  FakePlugin& user = plugin("user");
  Host server_host{server.host()}, user_host{user.host()};
  DoublerService service{server_host};
  ServiceProvider<DoublerService> provider{server_host, &service};
  ServiceClient client{user_host, Doubler::kId};
  Inbox<std::string> said;

  Task<Result<std::string>> ask_twice(std::int64_t value) {
    const Number twice = co_await ok(client.call<Doubler::Double>(value));
    co_return std::to_string(twice.value);
  }
  Task<void> ask(std::int64_t value) {
    const Result<std::string> answer = co_await ask_twice(value);
    said.put(answer ? *answer : answer.error().detail);
  }
  std::string result_of(std::int64_t value) {
    user_host.post([this, value] { user_host.run(ask(value)); });
    return said.take().value_or("nothing");
  }
};

}  // namespace

TEST_CASE_METHOD(HostFixture, "a typed service answers with a value, an error or, where it throws, a fault", "[host]") {
  CHECK(result_of(21) == "42");
  CHECK(result_of(-1) == "Negative.");
  CHECK(result_of(13) == "The service failed.");
  CHECK(log().find("a service method failed exception=unlucky") != std::string::npos);
}

TEST_CASE_METHOD(HostFixture, "bytes that are no request and methods that are none are refused", "[host]") {
  gtr_service* found = platform.services.find(Doubler::kId, "");
  REQUIRE(found != nullptr);
  Waiter broken, unknown;
  platform.services.call(*found, Doubler::Double::kMethod, "\x01", 0, broken.completion());
  CHECK(broken.wait()->status == GTR_MALFORMED);
  platform.services.call(*found, 77, "", 0, unknown.completion());
  CHECK(unknown.wait()->status == GTR_UNSUPPORTED);
}

TEST_CASE_METHOD(HostFixture, "a service that nobody provides is unavailable", "[host]") {
  ServiceClient nobody(user_host, "test.nothing/1");
  CHECK_FALSE(nobody.available());
  user_host.post([&] {
    user_host.run([](ServiceClient* whom, Inbox<std::string>* to) -> Task<void> {
      auto asking = whom->call<Doubler::Double>(1);
      const Result<Number> answer = co_await asking;
      to->put(answer ? "a value" : answer.error().detail);
    }(&nobody, &said));
  });
  CHECK(said.take() == "No enabled plugin provides test.nothing/1.");
}

TEST_CASE_METHOD(HostFixture, "sleepers wake with false when their plugin's timers end", "[host]") {
  user_host.post([this] {
    user_host.run([](Host* host, Inbox<std::string>* to) -> Task<void> {
      auto sleeping = host->sleep(3'600'000);
      const bool woken = co_await sleeping;
      to->put(woken ? "woken" : "stopping");
    }(&user_host, &said));
  });
  on_lane(user, [] {});
  platform.executor.end_timers(*user.plugin.lane);
  CHECK(said.take() == "stopping");
}

TEST_CASE_METHOD(HostFixture, "typed events arrive as they were published; handlers that throw are logged", "[host]") {
  Inbox<std::int64_t> counts;
  {
    const auto subscription = Subscription::to<Counted>(
        user_host, WhenFull::kDropOldest, 16,
        [&](const Counted& event) {
          if (event.count == 13) throw std::runtime_error("unlucky");
          counts.put(event.count);
        },
        kGapIsHarmless);
    for (const std::int64_t count : {1, 13, 2}) publish(server_host, Counted{count}, "key");
    platform.bus.publish(Counted::kTopic, "", "no JSON");
    publish(server_host, Counted{3}, "key");
    for (const std::int64_t expected : {1, 2, 3}) CHECK(counts.take() == expected);
  }
  publish(server_host, Counted{4}, "key");
  on_lane(user, [] {});
  CHECK(counts.size() == 0);
  CHECK(log().find("an event handler failed exception=unlucky") != std::string::npos);
  CHECK(log().find("an event cannot be read topic=test.counted") != std::string::npos);
}

TEST_CASE_METHOD(HostFixture, "a subscription out of range is refused", "[host]") {
  const auto ignore = [](const gtr_event&) {};
  CHECK_THROWS_AS(Subscription(user_host, "", WhenFull::kDetach, 1, ignore), SetupError);
  CHECK_THROWS_AS(Subscription(user_host, "t", WhenFull::kDetach, 0, ignore), SetupError);
  CHECK_THROWS_AS(Subscription(user_host, "t", WhenFull::kDetach, 1'000'001, ignore), SetupError);
  CHECK_THROWS_AS(Subscription(user_host, "t", static_cast<WhenFull>(9), 1, ignore), SetupError);
}

TEST_CASE_METHOD(HostFixture, "an exception in a posted task is logged and goes no further", "[host]") {
  user_host.post([] { throw std::runtime_error("posted"); });
  on_lane(user, [] {});
  CHECK(log().find("a posted task failed exception=posted") != std::string::npos);
}

TEST_CASE_METHOD(HostFixture, "reports answer by name, settings and words for the ready line are kept", "[host]") {
  for (const char* name : {"operations", "health", "plugins", "metrics"}) {
    CAPTURE(name);
    Waiter waiter;
    user_host.inspect().report(user_host.raw(), to_bytes(name), waiter.completion());
    CHECK(waiter.wait()->status == GTR_OK);
  }
  Waiter waiter;
  user_host.inspect().report(user_host.raw(), to_bytes("secrets"), waiter.completion());
  CHECK(waiter.wait()->status == GTR_NOT_FOUND);
  CHECK(user_host.setting("nothing").empty());
  platform.settings["data_dir"] = "/d";
  CHECK(user_host.setting("data_dir") == "/d");
  user_host.announce("mqtt", "127.0.0.1:1883");
  user_host.announce("http", "127.0.0.1:1");
  user_host.announce("http", "127.0.0.1:8080");
  CHECK(platform.announcements.words() == "http=127.0.0.1:8080 mqtt=127.0.0.1:1883");
}

TEST_CASE_METHOD(HostFixture, "an unknown capability is NULL", "[host]") {
  CHECK(user.host()->get_interface(user.host(), "gatetorio.host.nothing/1") == nullptr);
  CHECK(user.host()->get_interface(user.host(), GTR_LOG_ID) != nullptr);
}

}  // namespace gatetorio::core
