// The fake host itself, with a plugin that does a little of everything.
#include "gatetorio/testing/fake_host.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "gatetorio/events.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/plugin.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeHost;
using testing::Outcome;

struct Number {
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))

struct Bank {
  static constexpr std::string_view kId = "test.bank/1";
  struct Add {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Number;
    using Reply = Number;
  };
};

struct Sum {
  static constexpr std::string_view kId = "test.sum/1";
  struct Total {
    static constexpr std::uint32_t kMethod = 1;
    using Request = Nothing;
    using Reply = Number;
  };
};

struct Paid {
  static constexpr std::string_view kTopic = "test.paid";
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(Paid, (), (value))

// Pays what it is asked to into the test's bank, and once a minute one more.
class Payer : public PluginBase {
 public:
  struct Settings {
    std::int64_t interest = 1;
  };
  static const Manifest kManifest;
  static const OptionTable<Settings>& options() {
    static const OptionTable<Settings> table = {option("interest", &Settings::interest, "What a minute adds.")};
    return table;
  }

  Payer(Host& host, Settings settings)
      : host_(host),
        settings_(settings),
        bank_(host, Bank::kId),
        sum_(host, this),
        operations_(host, this),
        refused_(host.counter("test_payer_refused_total", "Payments that were refused.")) {}

  void configure() {
    operations_.add({.id = "payer.pay", .method = "POST", .path = "/pay", .summary = "Pay.", .callers = {{"user"}}},
                    &Payer::pay);
    sum_.on<Sum::Total>(&Payer::total).provide(Sum::kId);
    subscription_.emplace(Subscription::to<Paid>(
        host_, WhenFull::kDropOldest, 10, [this](const Paid& paid) { heard_ += paid.value; },
        [this] { host_.warn("payments were missed"); }));
  }
  Task<Result<void>> start() {
    host_.run(keep_paying());
    co_return Result<void>();
  }

 private:
  Task<Result<Reply<Number>>> pay(Call, Number amount) {
    auto adding = bank_.call<Bank::Add>(amount);
    const Result<Number> added = co_await adding;
    if (!added) refused_.add();
    if (!added) co_return added.error();
    publish(host_, Paid{amount.value}, "payer");
    co_return Reply<Number>(*added);
  }
  Task<Result<Number>> total(Nothing) { co_return Number{heard_}; }
  Task<void> keep_paying() {
    while (true) {
      auto sleeping = host_.sleep(60'000);
      const bool go_on = co_await sleeping;
      if (!go_on) co_return;
      const Paid interest{settings_.interest};
      publish(host_, interest, to_rfc3339(now()));
      steady_ = std::chrono::steady_clock::now();
    }
  }

  Host& host_;
  const Settings settings_;
  ServiceClient bank_;
  ServiceProvider<Payer> sum_;
  OperationSet<Payer> operations_;
  const Metric refused_;
  std::optional<Subscription> subscription_;
  std::int64_t heard_ = 0;
  std::chrono::steady_clock::time_point steady_;
};

const Manifest Payer::kManifest{.id = "payer", .version = "1.0.0", .summary = "Pays.", .provides = {"test.sum/1"}};

const Principal kUser{.kind = "user", .id = 1};

struct PayerFixture {
  PayerFixture() {
    host.provide<Bank::Add>(Bank::kId, [this](Number amount) -> Result<Number> {
      if (amount.value < 0) return Error{.status = Status::kInvalid, .detail = "Less than nothing."};
      return Number{balance += amount.value};
    });
    host.load(*detail::PluginGlue<Payer>::descriptor());
    host.start();
  }
  static testing::Ask paying(std::int64_t value) { return {.principal = kUser, .body = {{"value", value}}}; }
  Outcome pay(std::int64_t value) { return host.invoke("payer.pay", paying(value)); }
  std::int64_t heard() { return host.call<Sum::Total>(Sum::kId, {})->value; }

  std::int64_t balance = 0;
  FakeHost host;
};

}  // namespace

TEST_CASE_METHOD(PayerFixture, "an operation asks the test's service, publishes, and answers") {
  const Outcome paid = pay(5);
  CHECK(paid.status == Status::kOk);
  CHECK(paid.number("value") == 5);
  REQUIRE(host.published<Paid>().size() == 1);
  CHECK(host.published<Paid>()[0].value == 5);
  CHECK(heard() == 5);
}

TEST_CASE_METHOD(PayerFixture, "what the service refuses the operation refuses, in its words") {
  const Outcome paid = pay(-1);
  CHECK(paid.status == Status::kInvalid);
  CHECK(paid.error().detail == "Less than nothing.");
  CHECK(host.metric("test_payer_refused_total") == 1);
}

TEST_CASE_METHOD(PayerFixture, "an operation that is not declared, or not for this caller, is the test's mistake") {
  CHECK_THROWS_AS(host.invoke("payer.steal"), std::invalid_argument);
  CHECK_THROWS_AS(host.invoke("payer.pay", {.principal = Principal{.kind = "device", .id = 1}}), std::invalid_argument);
}

TEST_CASE("options get their defaults, and one that is not declared is refused") {
  FakeHost host;
  CHECK_THROWS_AS(host.load(*detail::PluginGlue<Payer>::descriptor(), {{"intrest", 2}}), std::invalid_argument);
}

TEST_CASE_METHOD(PayerFixture, "timers run at their time, and both clocks show it") {
  const Timestamp begun = host.now();
  host.advance(hours(1));
  CHECK(host.published<Paid>().size() == 60);
  CHECK(host.now().us == begun.us + kMicrosecondsPerHour);
}

TEST_CASE_METHOD(PayerFixture, "a leap ends each timer once") {
  host.leap(hours(1));
  CHECK(host.published<Paid>().size() == 1);
}

TEST_CASE_METHOD(PayerFixture, "a wall clock that is set moves no timer") {
  host.set_clock(hours(24));
  host.advance(seconds(59));
  CHECK(host.published<Paid>().empty());
  host.advance(seconds(1));
  CHECK(host.published<Paid>().size() == 1);
}

TEST_CASE("the test and threads see the real time, a plugin the host's") {
  testing::Clock clock;
  const auto real = std::chrono::steady_clock::now();
  const testing::Clock::Shown shown(&clock);
  CHECK(now() == clock.wall());
  CHECK(std::chrono::steady_clock::now().time_since_epoch() == clock.steady());
  std::chrono::steady_clock::time_point on_thread;
  std::thread([&] { on_thread = std::chrono::steady_clock::now(); }).join();
  CHECK(on_thread >= real);
  CHECK(on_thread - real < seconds(60));
}

TEST_CASE_METHOD(PayerFixture, "a call that is held goes on when it is released, and others pass it meanwhile") {
  host.hold(Bank::kId);
  auto slow = host.begin("payer.pay", paying(1));
  host.run();
  CHECK(host.held() == 1);
  CHECK(pay(10).number("value") == 10);
  CHECK_FALSE(slow.is_done());
  host.release();
  CHECK(slow.take().number("value") == 11);
}

TEST_CASE_METHOD(PayerFixture, "an answer that is held has had its effect") {
  host.hold_answer(Bank::kId);
  auto slow = host.begin("payer.pay", paying(1));
  host.run();
  CHECK(balance == 1);
  CHECK(host.published<Paid>().empty());
  host.release();
  CHECK(slow.take().is_ok());
}

TEST_CASE_METHOD(PayerFixture, "a lost answer is a timeout whose effect is there, a failure has none") {
  host.lose_answer(Bank::kId);
  CHECK(pay(1).status == Status::kTimeout);
  CHECK(balance == 1);
  host.fail(Bank::kId, {.status = Status::kFull, .detail = "The vault is full."});
  CHECK(pay(1).error().detail == "The vault is full.");
  CHECK(balance == 1);
  CHECK(host.faults_left() == 0);
}

TEST_CASE_METHOD(PayerFixture, "a call ends at its deadline, by the host's clock") {
  host.hold(Bank::kId);
  auto slow = host.begin("payer.pay", paying(1));
  host.advance(seconds(30) - milliseconds(1));
  CHECK_FALSE(slow.is_done());
  host.advance(milliseconds(1));
  CHECK(slow.take().status == Status::kTimeout);
  host.release();
  host.run();
  CHECK(balance == 0);
}

TEST_CASE_METHOD(PayerFixture, "a service can be away for a while") {
  host.set_available(Bank::kId, false);
  CHECK(pay(1).status == Status::kUnavailable);
  host.set_available(Bank::kId, true);
  CHECK(pay(1).is_ok());
}

TEST_CASE_METHOD(PayerFixture, "of lost events a subscriber learns by the next one") {
  host.lose_events(2);
  for (const std::int64_t value : {1, 2}) host.publish(Paid{value}, "test");
  CHECK(heard() == 0);
  CHECK_FALSE(host.has_logged("payments were missed"));
  host.publish(Paid{4}, "test");
  CHECK(heard() == 4);
  CHECK(host.has_logged("payments were missed"));
}

TEST_CASE_METHOD(PayerFixture, "a queue that is full drops the oldest events, as the hub's does") {
  for (int i = 0; i < 12; ++i) host.publish(Paid{i}, "test");
  CHECK(heard() == 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11);
  CHECK(host.has_logged("payments were missed"));
}

TEST_CASE_METHOD(PayerFixture, "what waits when the host stops is cancelled") {
  host.hold(Bank::kId);
  auto slow = host.begin("payer.pay", paying(1));
  host.run();
  host.clear_faults();
  host.stop();
  CHECK(slow.is_done());
}

TEST_CASE("a plugin that stops gets no timer any more: it would wait for ever") {
  testing::Clock clock;
  testing::Work work(clock);
  const int owner = 0;
  std::vector<gtr_status> ended;
  const auto start = [&] { work.start_timer(&owner, seconds(1), [&](gtr_status status) { ended.push_back(status); }); };
  start();
  work.end_timers(&owner);
  start();
  work.run();
  CHECK(ended == std::vector<gtr_status>{GTR_CANCELLED, GTR_CANCELLED});
}

}  // namespace gatetorio
