#include "core/bus/bus.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <future>
#include <latch>
#include <thread>

#include "platform_fixture.hpp"

namespace gatetorio::core {
namespace {

using test::Inbox;

struct Seen {
  std::string topic, key, payload;
  std::uint64_t lost = 0;
  std::uint64_t sequence = 0;
};

// A subscriber that keeps what it sees; its lane can be held up.
class Listener {
 public:
  Listener(Bus& bus, Lane& lane, std::uint32_t policy, std::uint32_t capacity, const std::string& topic = "t",
           std::uint64_t max_bytes = kDefaultQueueBytes)
      : bus_(bus), lane_(lane) {
    number_ = bus.subscribe({topic, policy, capacity, &Listener::hear, this, &lane, [this] { ++lost_; }, max_bytes});
  }
  ~Listener() { bus_.unsubscribe(number_); }
  std::optional<Seen> next() { return inbox_.take(); }
  std::size_t waiting() const { return inbox_.size(); }
  std::uint64_t number() const { return number_; }
  int lost() const { return lost_; }
  // Nothing runs on the lane until the promise is kept.
  void hold_up(std::shared_future<void> until) {
    Inbox<bool> held;
    lane_.post([until, &held] {
      held.put(true);
      until.wait();
    });
    held.take();
  }
  std::function<void(const Seen&)> on_event = [](const Seen&) {};

 private:
  static void hear(void* context, const gtr_event* event) {
    auto* self = static_cast<Listener*>(context);
    const Seen seen{std::string(to_view(event->topic)), std::string(to_view(event->key)),
                    std::string(to_view(event->payload)), event->lost, event->sequence};
    self->on_event(seen);
    self->inbox_.put(seen);
  }

  Bus& bus_;
  Lane& lane_;
  Inbox<Seen> inbox_;
  std::atomic<int> lost_{0};
  std::uint64_t number_ = 0;
};

struct Workers {
  std::mutex mutex;
  std::vector<std::string> faults;
  Executor executor{3, [this](const std::string& lane, const std::string& what) {
                      const std::lock_guard lock(mutex);
                      faults.push_back(lane + ": " + what);
                    }};
  Bus bus;
  Lane& lane(const char* name = "a", bool serial = true) {
    Lane& made = executor.make_lane(serial, name);
    bus.open(made);
    return made;
  }
  ~Workers() { executor.join(test::kPatience); }
};

}  // namespace

TEST_CASE("a subscriber sees every event of a publisher in order", "[bus]") {
  Workers workers;
  Listener any(workers.bus, workers.lane("any", false), GTR_WHEN_FULL_DROP_OLDEST, 10'000);
  Listener serial(workers.bus, workers.lane(), GTR_WHEN_FULL_DETACH, 10'000);
  for (int i = 0; i < 5000; ++i) workers.bus.publish("t", std::to_string(i % 3), std::to_string(i));
  for (int i = 0; i < 5000; ++i) {
    const auto first = any.next(), second = serial.next();
    REQUIRE((first && second));
    REQUIRE(first->payload == std::to_string(i));
    REQUIRE(second->payload == std::to_string(i));
    REQUIRE(first->key == std::to_string(i % 3));
  }
  CHECK(any.lost() == 0);
}

TEST_CASE("only the exact topic is heard, and nothing after unsubscribing", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 10);
  workers.bus.publish("t.x", "", "no");
  workers.bus.publish("t", "", "yes");
  CHECK(listener.next()->payload == "yes");
  workers.bus.unsubscribe(listener.number());
  workers.bus.publish("t", "", "late");
  workers.bus.unsubscribe(12345);
  CHECK(listener.waiting() == 0);
}

TEST_CASE("a full queue drops the oldest and says how many", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 3);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  for (int i = 0; i < 10; ++i) workers.bus.publish("t", "", std::to_string(i));
  go.set_value();
  for (const char* expected : {"7", "8", "9"}) {
    const auto seen = listener.next();
    REQUIRE(seen);
    CHECK(seen->payload == expected);
    CHECK(seen->lost == 7);
  }
  CHECK(listener.lost() == 7);
}

TEST_CASE("a queue that is full of bytes drops the oldest, and one event may always wait", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 1000, "t", 10'000);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  const auto publish = [&](char name, std::size_t size) { workers.bus.publish("t", "k", std::string(size, name)); };
  for (const char name : {'a', 'b', 'c', 'd'}) publish(name, 3'000);
  CHECK(listener.lost() == 1);
  publish('e', 9'000);  // pushes out all that wait
  CHECK(listener.lost() == 4);
  publish('f', 30'000);  // more than may wait in all
  CHECK(listener.lost() == 5);
  go.set_value();
  const auto seen = listener.next();
  REQUIRE(seen);
  CHECK(seen->payload == std::string(30'000, 'f'));
  CHECK(seen->lost == 5);
  publish('g', 9'000);  // what was delivered has made room
  REQUIRE(listener.next());
  CHECK(listener.lost() == 5);
}

TEST_CASE("a queue that is full of bytes ends a subscription that wants no gap", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_WHEN_FULL_DETACH, 1000, "t", 10'000);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  for (int i = 0; i < 4; ++i) workers.bus.publish("t", "k", std::string(3'000, 'x'));
  go.set_value();
  const auto seen = listener.next();
  REQUIRE(seen);
  CHECK(seen->topic.empty());
}

TEST_CASE("events that take the place of smaller ones do not outgrow a queue's bytes", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_COALESCE_BY_KEY, 1000, "t", 10'000);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  for (const char* key : {"a", "b", "c", "d"}) workers.bus.publish("t", key, "small");
  for (const char* key : {"a", "b", "c", "d"}) workers.bus.publish("t", key, std::string(3'000, key[0]));
  CHECK(listener.lost() == 1);
  go.set_value();
  for (const char* key : {"b", "c", "d"}) CHECK(listener.next()->payload == std::string(3'000, key[0]));
}

TEST_CASE("coalescing keeps the last event of each key, and the order of the keys", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_COALESCE_BY_KEY, 2);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  for (const char* event : {"a1", "b1", "a2", "b2", "c1"}) workers.bus.publish("t", std::string(event, 1), event);
  go.set_value();
  CHECK(listener.next()->payload == "b2");  // c1 pushed a2 out
  CHECK(listener.next()->payload == "c1");
  CHECK(listener.lost() == 1);          // a1 and b1 were replaced, not lost
  workers.bus.publish("t", "a", "a3");  // a key that was dropped can come again
  CHECK(listener.next()->payload == "a3");
}

TEST_CASE("what came first is told across topics", "[bus]") {
  Workers workers;
  Listener words(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 9, "words");
  Listener deeds(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 9, "deeds");
  for (const char* topic : {"words", "deeds", "words"}) workers.bus.publish(topic, "", "x");
  const auto first = words.next(), second = deeds.next(), third = words.next();
  REQUIRE((first && second && third));
  CHECK(first->sequence < second->sequence);
  CHECK(second->sequence < third->sequence);
}

TEST_CASE("a detaching subscription ends at the first gap and is told so once", "[bus]") {
  Workers workers;
  Listener listener(workers.bus, workers.lane(), GTR_WHEN_FULL_DETACH, 2);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  for (int i = 0; i < 5; ++i) workers.bus.publish("t", "", "x");
  go.set_value();
  const auto notice = listener.next();
  REQUIRE(notice);
  CHECK(notice->topic.empty());
  CHECK(notice->lost == 1);
  workers.bus.publish("t", "", "after");
  workers.bus.unsubscribe(listener.number());  // waits for the handler
  CHECK(listener.waiting() == 0);
}

TEST_CASE("a slow subscriber slows neither the publisher nor its neighbour", "[bus]") {
  Workers workers;
  Listener slow(workers.bus, workers.lane("slow"), GTR_WHEN_FULL_DROP_OLDEST, 1);
  Listener quick(workers.bus, workers.lane("quick"), GTR_WHEN_FULL_DROP_OLDEST, 1000);
  std::promise<void> go;
  slow.hold_up(go.get_future().share());
  for (int i = 0; i < 1000; ++i) workers.bus.publish("t", "", std::to_string(i));
  for (int i = 0; i < 1000; ++i) REQUIRE(quick.next());  // while `slow` is still held up
  CHECK(slow.waiting() == 0);
  go.set_value();
  CHECK(slow.next()->payload == "999");
}

TEST_CASE("unsubscribing waits for the handler, except inside it", "[bus]") {
  Workers workers;
  auto listener = std::make_unique<Listener>(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 10);
  Inbox<bool> inside;
  std::promise<void> go;
  std::atomic<bool> has_ended = false;
  listener->on_event = [&, wait = go.get_future().share()](const Seen& seen) {
    if (seen.payload == "self") return workers.bus.unsubscribe(listener->number());
    inside.put(true);
    wait.wait();
    has_ended = true;
  };
  workers.bus.publish("t", "", "blocks");
  REQUIRE(inside.take());
  std::thread opener([&go] { go.set_value(); });
  workers.bus.unsubscribe(listener->number());
  CHECK(has_ended);
  opener.join();

  Listener other(workers.bus, workers.lane("other"), GTR_WHEN_FULL_DROP_OLDEST, 10);
  other.on_event = [&](const Seen&) { workers.bus.unsubscribe(other.number()); };
  workers.bus.publish("t", "", "self");
  CHECK(other.next());
}

TEST_CASE("handlers that unsubscribe each other both end, whatever the length of the circle", "[bus]") {
  const std::size_t handlers = GENERATE(2, 3);
  Workers workers;
  std::vector<std::unique_ptr<Listener>> circle;
  std::latch all_inside(static_cast<std::ptrdiff_t>(handlers));
  std::atomic<std::size_t> waits_ended = 0;
  for (std::size_t i = 0; i < handlers; ++i) {
    circle.push_back(std::make_unique<Listener>(workers.bus, workers.lane(), GTR_WHEN_FULL_DROP_OLDEST, 10));
  }
  for (std::size_t i = 0; i < handlers; ++i) {
    circle[i]->on_event = [&, next = circle[(i + 1) % handlers]->number()](const Seen&) {
      all_inside.arrive_and_wait();
      workers.bus.unsubscribe(next);
      ++waits_ended;
    };
  }
  workers.bus.publish("t", "", "now");
  for (const auto& listener : circle) CHECK(listener->next());
  CHECK(waits_ended == handlers);
}

TEST_CASE("a handler that unsubscribes another one waits for its end", "[bus]") {
  Workers workers;
  Listener slow(workers.bus, workers.lane("slow"), GTR_WHEN_FULL_DROP_OLDEST, 10);
  Listener other(workers.bus, workers.lane("other"), GTR_WHEN_FULL_DROP_OLDEST, 10);
  std::latch both_inside(2);
  std::atomic<bool> unsubscribing = false, has_ended = false, ended_before = false;
  slow.on_event = [&](const Seen&) {
    both_inside.arrive_and_wait();
    while (!unsubscribing) std::this_thread::yield();
    has_ended = true;
  };
  other.on_event = [&](const Seen&) {
    both_inside.arrive_and_wait();
    unsubscribing = true;
    workers.bus.unsubscribe(slow.number());
    ended_before = has_ended.load();
  };
  workers.bus.publish("t", "", "now");
  REQUIRE(other.next());
  CHECK(ended_before);
}

TEST_CASE("events wait until their subscriber's lane is open, and never come once it is shut", "[bus]") {
  Workers workers;
  Lane& lane = workers.executor.make_lane(true, "later");
  Listener listener(workers.bus, lane, GTR_WHEN_FULL_DROP_OLDEST, 2);
  for (const char* event : {"1", "2", "3"}) workers.bus.publish("t", "", event);
  CHECK(listener.waiting() == 0);
  workers.bus.open(lane);
  CHECK(listener.next()->payload == "2");
  CHECK(listener.next()->payload == "3");
  workers.bus.shut(lane);
  workers.bus.publish("t", "", "4");
  Inbox<bool> passed;
  lane.post([&passed] { passed.put(true); });
  REQUIRE(passed.take());
  CHECK(listener.waiting() == 0);
}

TEST_CASE("what waits for a lane to catch up runs once its handlers have ended, and at once where nothing waits",
          "[bus]") {
  Workers workers;
  Lane &slow = workers.lane("slow", false), &quick = workers.lane("quick");
  Listener first(workers.bus, slow, GTR_WHEN_FULL_DROP_OLDEST, 3);
  Listener second(workers.bus, slow, GTR_COALESCE_BY_KEY, 10, "other");
  std::promise<void> go;
  const auto held = go.get_future().share();
  Inbox<bool> is_held;
  first.on_event = [&](const Seen& seen) {
    if (seen.payload != "0") return;
    is_held.put(true);
    held.wait();
  };
  Inbox<std::size_t> caught_up;
  const auto note = [&] { caught_up.put(first.waiting() + second.waiting()); };
  CHECK_FALSE(workers.bus.when_caught_up(slow, note));
  workers.bus.publish("t", "", "0");
  REQUIRE(is_held.take());
  CHECK(workers.bus.when_caught_up(slow, note));  // after the one that is in its handler
  CHECK_FALSE(workers.bus.when_caught_up(quick, note));
  for (int i = 1; i <= 5; ++i) workers.bus.publish("t", "", std::to_string(i));  // two of them are lost
  for (int i = 0; i < 4; ++i) workers.bus.publish("other", "k", std::to_string(i));
  CHECK(workers.bus.when_caught_up(slow, note));
  CHECK(caught_up.size() == 0);
  go.set_value();
  CHECK(caught_up.take());
  const auto at_the_end = caught_up.take();
  REQUIRE(at_the_end);
  CHECK(*at_the_end >= 4);  // of the first, all that was not lost has been seen
  CHECK_FALSE(workers.bus.when_caught_up(slow, note));
}

TEST_CASE("who waits for a lane to catch up goes on when its subscription ends or its lane is shut", "[bus]") {
  for (const bool by_shutting : {false, true}) {
    CAPTURE(by_shutting);
    Workers workers;
    Lane& lane = workers.lane();
    Listener listener(workers.bus, lane, GTR_WHEN_FULL_DROP_OLDEST, 10);
    std::promise<void> go;
    listener.hold_up(go.get_future().share());
    workers.bus.publish("t", "", "1");
    Inbox<bool> caught_up;
    REQUIRE(workers.bus.when_caught_up(lane, [&] { caught_up.put(true); }));
    CHECK(caught_up.size() == 0);
    if (by_shutting) workers.bus.shut(lane);
    if (!by_shutting) workers.bus.unsubscribe(listener.number());
    CHECK(caught_up.take());
    CHECK_FALSE(workers.bus.when_caught_up(lane, [&] { caught_up.put(true); }));
    go.set_value();
    CHECK(caught_up.size() == 0);
  }
}

TEST_CASE("who waits for a lane to catch up goes on when its subscription detaches", "[bus]") {
  Workers workers;
  Lane& lane = workers.lane();
  Listener listener(workers.bus, lane, GTR_WHEN_FULL_DETACH, 1);
  std::promise<void> go;
  listener.hold_up(go.get_future().share());
  workers.bus.publish("t", "", "1");
  Inbox<bool> caught_up;
  REQUIRE(workers.bus.when_caught_up(lane, [&] { caught_up.put(true); }));
  workers.bus.publish("t", "", "2");
  go.set_value();
  CHECK(caught_up.take());
  CHECK_FALSE(workers.bus.when_caught_up(lane, [&] { caught_up.put(true); }));
}

TEST_CASE("a handler that throws is reported, and gets the next event nevertheless", "[bus]") {
  Workers workers;
  {
    Listener listener(workers.bus, workers.lane("careless"), GTR_WHEN_FULL_DROP_OLDEST, 10);
    listener.on_event = [](const Seen& seen) {
      if (seen.payload == "bad") throw std::runtime_error("oops");
    };
    workers.bus.publish("t", "", "bad");
    workers.bus.publish("t", "", "good");
    CHECK(listener.next()->payload == "good");
  }
  const std::lock_guard lock(workers.mutex);
  CHECK(workers.faults == std::vector<std::string>{"careless: oops"});
}

}  // namespace gatetorio::core
