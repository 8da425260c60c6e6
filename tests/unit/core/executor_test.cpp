#include "core/runtime/executor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>

#include "platform_fixture.hpp"

namespace gatetorio::core {
namespace {

using test::Inbox;
using test::kPatience;

struct Fault {
  std::string lane, what;
};

}  // namespace

TEST_CASE("a serial lane runs one task at a time, in the order of posting", "[executor]") {
  Executor executor(4, [](const std::string&, const std::string&) {});
  Lane& lane = executor.make_lane(true, "a");
  std::vector<int> order;  // no lock: that is the point
  std::atomic<int> inside = 0, most = 0;
  Inbox<bool> done;
  for (int i = 0; i < 2000; ++i) {
    lane.post([&, i] {
      most = std::max(most.load(), ++inside);
      order.push_back(i);
      --inside;
      if (i == 1999) done.put(true);
    });
  }
  REQUIRE(done.take());
  CHECK(most == 1);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(executor.join(kPatience));
}

TEST_CASE("an open lane runs tasks side by side", "[executor]") {
  Executor executor(3, [](const std::string&, const std::string&) {});
  Lane& lane = executor.make_lane(false, "a");
  std::promise<void> first, second;
  Inbox<bool> done;
  lane.post([&] {
    first.set_value();
    second.get_future().wait();
    done.put(true);
  });
  lane.post([&] {
    first.get_future().wait();
    second.set_value();
    done.put(true);
  });
  CHECK(done.take());
  CHECK(done.take());
}

TEST_CASE("what waits behind a task that takes long is taken by another worker", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Lane& slow = executor.make_lane(true, "slow");
  Lane& quick = executor.make_lane(true, "quick");
  for (int round = 0; round < 20; ++round) {
    std::promise<void> begun, end;
    Inbox<bool> done;
    slow.post([&] {
      begun.set_value();
      end.get_future().wait();
      done.put(true);
    });
    begun.get_future().wait();
    quick.post([&] { done.put(true); });
    REQUIRE(done.take());
    end.set_value();
    REQUIRE(done.take());
  }
}

TEST_CASE("lanes on many threads, posted to from many, lose nothing and keep their order", "[executor]") {
  Executor executor(3, [](const std::string&, const std::string&) {});
  constexpr int kPosters = 4, kTasks = 5'000;
  std::vector<Lane*> lanes;
  std::vector<std::vector<int>> orders(kPosters);
  for (int i = 0; i < kPosters; ++i) lanes.push_back(&executor.make_lane(true, "lane"));
  Lane& open = executor.make_lane(false, "open");
  std::atomic<int> side_by_side = 0;
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kTasks; ++i) {
        lanes[static_cast<std::size_t>(poster)]->post(
            [&, poster, i] { orders[static_cast<std::size_t>(poster)].push_back(i); });
        open.post([&] { ++side_by_side; });
      }
    });
  }
  for (auto& poster : posters) poster.join();
  CHECK(executor.join(kPatience));
  CHECK(side_by_side == kPosters * kTasks);
  for (const auto& order : orders) {
    CHECK(order.size() == kTasks);
    CHECK(std::is_sorted(order.begin(), order.end()));
  }
}

TEST_CASE("dispatch runs at once on the own lane, and later from elsewhere", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Lane& lane = executor.make_lane(true, "a");
  struct Steps {
    Lane* lane;
    std::vector<int> order;
    Inbox<bool> done;
  } steps{&lane, {}, {}};
  lane.dispatch(
      [](void* context) {
        auto* s = static_cast<Steps*>(context);
        s->lane->dispatch([](void* c) { static_cast<Steps*>(c)->order.push_back(1); }, s);
        s->lane->post([](void* c) { static_cast<Steps*>(c)->done.put(true); }, s);
        s->order.push_back(2);
      },
      &steps);
  REQUIRE(steps.done.take());
  CHECK(steps.order == std::vector<int>{1, 2});
}

TEST_CASE("what escapes a task is reported under its lane's name, and the lane goes on", "[executor]") {
  Inbox<Fault> faults;
  Executor executor(2, [&](const std::string& lane, const std::string& what) { faults.put({lane, what}); });
  for (const bool serial : {true, false}) {
    Lane& lane = executor.make_lane(serial, serial ? "serial" : "open");
    Inbox<bool> after;
    lane.post([] { throw std::runtime_error("oops"); });
    const auto fault = faults.take();
    REQUIRE(fault);
    CHECK(fault->lane == (serial ? "serial" : "open"));
    CHECK(fault->what == "oops");
    lane.post([] { throw 7; });
    CHECK(faults.take()->what == "an exception that is no std::exception");
    lane.post([&after] { after.put(true); });
    CHECK(after.take());
  }
}

TEST_CASE("a timer fires once, or is cancelled once", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Inbox<bool> short_one, long_one;
  const auto number = executor.start_timer(1, [&](bool fired) { short_one.put(fired); });
  CHECK(short_one.take() == true);
  executor.cancel_timer(number);
  executor.cancel_timer(999);
  const auto waits = executor.start_timer(~0ULL, [&](bool fired) { long_one.put(fired); });
  executor.cancel_timer(waits);
  executor.cancel_timer(waits);
  CHECK(long_one.take() == false);
  CHECK(executor.join(kPatience));
  CHECK(short_one.size() + long_one.size() == 0);
}

TEST_CASE("the timers of one owner end without those of another", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Lane& mine = executor.make_lane(true, "mine");
  Lane& theirs = executor.make_lane(true, "theirs");
  Inbox<std::string> ended;
  const auto say = [&](const char* who) {
    return [&ended, who](bool fired) { ended.put(std::string(who) + (fired ? " fired" : " cancelled")); };
  };
  executor.start_timer(3'600'000, say("mine"), &mine);
  executor.start_timer(50, say("theirs"), &theirs);
  executor.cancel_timers(mine);
  CHECK(ended.take() == "mine cancelled");
  CHECK(ended.take() == "theirs fired");
  executor.start_timer(1, say("mine"), &mine);  // cancel_timers is not for ever
  CHECK(ended.take() == "mine fired");
  executor.end_timers(mine);
  executor.start_timer(3'600'000, say("mine"), &mine);  // end_timers is
  CHECK(ended.take() == "mine cancelled");
}

TEST_CASE("joining completes every timer and runs what was posted", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Lane& lane = executor.make_lane(true, "a");
  std::atomic<int> completed = 0, ran = 0;
  for (int i = 0; i < 100; ++i) {
    executor.start_timer(3'600'000, [&](bool fired) { completed += fired ? 0 : 1; });
    lane.post([&] { ++ran; });
  }
  CHECK(executor.join(kPatience));
  CHECK(completed == 100);
  CHECK(ran == 100);
}

TEST_CASE("joining gives up on a task that runs on", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  std::promise<void> go;
  Inbox<bool> begun;
  executor.make_lane(true, "stuck").post([&, until = go.get_future().share()] {
    begun.put(true);
    until.wait();
  });
  REQUIRE(begun.take());
  CHECK_FALSE(executor.join(std::chrono::milliseconds(20)));
  go.set_value();
}

TEST_CASE("a lane that is never done is dropped when joining, in the middle of its turn", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Lane& lane = executor.make_lane(true, "a");
  for (int i = 0; i < 100'000; ++i) lane.post([] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); });
  CHECK(executor.join(std::chrono::milliseconds(10)));
}

TEST_CASE("work that makes more work for ever is dropped when joining", "[executor]") {
  Executor executor(2, [](const std::string&, const std::string&) {});
  Lane& lane = executor.make_lane(false, "busy");
  struct Busy {
    Lane& lane;
    static void again(void* context) {
      auto* self = static_cast<Busy*>(context);
      self->lane.post(&Busy::again, self);
    }
  } busy{lane};
  lane.post(&Busy::again, &busy);
  CHECK(executor.join(std::chrono::milliseconds(20)));
}

}  // namespace gatetorio::core
