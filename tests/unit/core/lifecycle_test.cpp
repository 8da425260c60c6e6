#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>

#include "platform_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;

// A plugin whose hooks do what the test says.
struct Scripted {
  std::vector<std::string> hooks;  // on the plugin's lane, then after the workers
  std::function<gtr_status(gtr_bytes, gtr_completion)> configure = [](gtr_bytes, gtr_completion) { return GTR_OK; };
  std::function<void(gtr_completion)> start = ok, drain = ok, stop = ok;

  static void ok(gtr_completion done) { done.done(done.context, GTR_OK, {nullptr, 0}); }
  static void fail(gtr_completion done) {
    const std::string text = to_json(Error{.detail = "no disk"});
    done.done(done.context, GTR_UNAVAILABLE, to_bytes(text));
  }
  static Scripted& of(void* instance) { return *static_cast<Scripted*>(instance); }
};

Scripted* next_script = nullptr;

struct LifecycleFixture : PlatformFixture {
  LifecycleFixture() {
    next_script = &script;
    gtr_plugin& d = fake.descriptor;
    d.create = [](gtr_host*, void** instance) -> gtr_status {
      next_script->hooks.emplace_back("create");
      *instance = next_script;
      return GTR_OK;
    };
    d.configure = [](void* i, gtr_bytes options, gtr_completion problem) -> gtr_status {
      Scripted::of(i).hooks.emplace_back("configure");
      return Scripted::of(i).configure(options, problem);
    };
    d.start = [](void* i, gtr_completion done) { run(i, "start", Scripted::of(i).start, done); };
    d.drain = [](void* i, gtr_completion done) { run(i, "drain", Scripted::of(i).drain, done); };
    d.stop = [](void* i, gtr_completion done) { run(i, "stop", Scripted::of(i).stop, done); };
    d.destroy = [](void* i) { Scripted::of(i).hooks.emplace_back("destroy"); };
    fake.plugin.state = PluginState::kLoaded;
  }
  ~LifecycleFixture() { end(); }
  static void run(void* instance, const char* name, const std::function<void(gtr_completion)>& hook,
                  gtr_completion done) {
    Scripted::of(instance).hooks.emplace_back(name);
    hook(done);
  }
  static bool never() { return false; }
  std::string state() const { return std::string(to_string(fake.plugin.state.load())); }

  Scripted script;
  FakePlugin& fake = plugin("scripted");
  Lifecycle lifecycle{platform};
};

constexpr milliseconds kShort{20};

}  // namespace

TEST_CASE_METHOD(LifecycleFixture, "a life has one path, each hook once and in order", "[lifecycle]") {
  std::string options;
  script.configure = [&](gtr_bytes given, gtr_completion) {
    options = to_view(given);
    return GTR_OK;
  };
  CHECK(lifecycle.configure(fake.plugin, {{"a", 1}}));
  CHECK(state() == "configured");
  CHECK(lifecycle.start(fake.plugin, never));
  CHECK(state() == "started");
  CHECK(lifecycle.drain(fake.plugin, kPatience));
  CHECK(state() == "draining");
  CHECK(lifecycle.stop(fake.plugin, kPatience));
  CHECK(state() == "stopped");
  CHECK(lifecycle.stop(fake.plugin, kPatience));  // nothing more to do
  lifecycle.destroy(fake.plugin);
  lifecycle.destroy(fake.plugin);
  CHECK(options == R"({"a":1})");
  CHECK(script.hooks == std::vector<std::string>{"create", "configure", "start", "drain", "stop", "destroy"});
}

TEST_CASE_METHOD(LifecycleFixture, "a plugin that was not configured is destroyed without being stopped",
                 "[lifecycle]") {
  struct Row {
    const char* why;
    std::function<gtr_status(gtr_bytes, gtr_completion)> configure;
  };
  const Row table[] = {
      {"it threw: oops", [](gtr_bytes, gtr_completion) -> gtr_status { throw std::runtime_error("oops"); }},
      {"it threw something that is no std::exception", [](gtr_bytes, gtr_completion) -> gtr_status { throw 7; }},
      {"configure() failed without a reason", [](gtr_bytes, gtr_completion) -> gtr_status { return GTR_INTERNAL; }}};
  for (const Row& row : table) {
    script.hooks.clear();
    script.configure = row.configure;
    const Result<void> done = lifecycle.configure(fake.plugin, {});
    REQUIRE_FALSE(done);
    CHECK(done.error().detail == row.why);
    CHECK(lifecycle.stop(fake.plugin, kPatience));
    lifecycle.destroy(fake.plugin);
    CHECK(script.hooks == std::vector<std::string>{"create", "configure", "destroy"});
  }
}

TEST_CASE_METHOD(LifecycleFixture, "a problem with an option names it", "[lifecycle]") {
  script.configure = [](gtr_bytes, gtr_completion problem) -> gtr_status {
    const std::string text = to_json(Error{.detail = "bad", .fields = {{"/listen", "is taken"}}});
    problem.done(problem.context, GTR_INVALID, to_bytes(text));
    return GTR_INVALID;
  };
  const Result<void> done = lifecycle.configure(fake.plugin, {});
  REQUIRE_FALSE(done);
  REQUIRE(done.error().fields.size() == 1);
  CHECK(done.error().fields[0].pointer == "/listen");
}

TEST_CASE_METHOD(LifecycleFixture, "a start that fails leaves the plugin failed, with the reason, and is stopped",
                 "[lifecycle]") {
  script.start = Scripted::fail;
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  CHECK_FALSE(lifecycle.start(fake.plugin, never));
  CHECK(state() == "failed");
  CHECK(fake.plugin.detail == "no disk");
  CHECK_FALSE(platform.health.healthy());
  CHECK(lifecycle.drain(fake.plugin, kPatience));  // not asked
  CHECK(lifecycle.stop(fake.plugin, kPatience));
  CHECK(state() == "failed");
  CHECK(script.hooks == std::vector<std::string>{"create", "configure", "start", "stop"});
}

TEST_CASE_METHOD(LifecycleFixture, "a hook that throws is a hook that failed", "[lifecycle]") {
  script.start = [](gtr_completion) { throw std::runtime_error("oops"); };
  script.stop = [](gtr_completion) { throw std::runtime_error("stuck"); };
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  CHECK(lifecycle.start(fake.plugin, never).error().detail == "it threw: oops");
  CHECK_FALSE(lifecycle.stop(fake.plugin, kPatience));
  CHECK(log().find("in=stop why=\"it threw: stuck\"") != std::string::npos);
}

TEST_CASE_METHOD(LifecycleFixture, "only the first answer of a hook counts, however many come and when",
                 "[lifecycle]") {
  gtr_completion kept{};
  script.start = [&kept](gtr_completion done) {
    kept = done;
    Scripted::ok(done);
    Scripted::fail(done);
  };
  script.drain = [](gtr_completion done) {
    Scripted::ok(done);
    throw std::runtime_error("after answering");
  };
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  CHECK(lifecycle.start(fake.plugin, never));
  Scripted::fail(kept);
  CHECK(state() == "started");
  CHECK(lifecycle.drain(fake.plugin, kPatience));
  Scripted::fail(kept);
  CHECK(lifecycle.stop(fake.plugin, kPatience));
  Scripted::fail(kept);
  CHECK(state() == "stopped");
}

TEST_CASE_METHOD(LifecycleFixture, "an answer counts when its hook has returned: nothing is destroyed under it",
                 "[lifecycle]") {
  std::promise<void> was_destroyed;
  std::atomic<bool> has_returned{false};
  script.stop = [&](gtr_completion done) {
    std::thread([done] { Scripted::ok(done); }).join();
    was_destroyed.get_future().wait_for(milliseconds(50));
    has_returned = true;
  };
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  REQUIRE(lifecycle.start(fake.plugin, never));
  CHECK(lifecycle.stop(fake.plugin, kPatience));
  CHECK(has_returned);
  was_destroyed.set_value();
}

TEST_CASE_METHOD(LifecycleFixture, "a start that never ends is left when the hub is told to stop", "[lifecycle]") {
  script.start = [](gtr_completion) {};
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  int asked = 0;
  const Result<void> started = lifecycle.start(fake.plugin, [&asked] { return ++asked > 2; });
  REQUIRE_FALSE(started);
  CHECK(started.error().status == Status::kCancelled);
  CHECK(lifecycle.stop(fake.plugin, kPatience));
}

TEST_CASE_METHOD(LifecycleFixture, "hooks of the way down that never end are left behind, and said to be",
                 "[lifecycle]") {
  script.drain = script.stop = [](gtr_completion) {};
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  REQUIRE(lifecycle.start(fake.plugin, never));
  CHECK_FALSE(lifecycle.drain(fake.plugin, kShort));
  CHECK_FALSE(lifecycle.stop(fake.plugin, kShort));
  CHECK(log().find("in=drain why=\"it is too slow\"") != std::string::npos);
  CHECK(log().find("in=stop why=\"it is too slow\"") != std::string::npos);
}

TEST_CASE_METHOD(LifecycleFixture, "a lane that is blocked does not block the hub", "[lifecycle]") {
  std::promise<void> go;
  script.start = [until = go.get_future().share()](gtr_completion done) {
    Scripted::ok(done);
    until.wait();
  };
  REQUIRE(lifecycle.configure(fake.plugin, {}));
  REQUIRE(lifecycle.start(fake.plugin, never));
  CHECK_FALSE(lifecycle.drain(fake.plugin, kShort));
  CHECK_FALSE(lifecycle.stop(fake.plugin, kShort));
  go.set_value();
}

TEST_CASE_METHOD(LifecycleFixture, "events wait for `start`, and none comes after `stop`", "[lifecycle]") {
  FakePlugin& fresh = plugin("fresh");
  platform.bus.shut(*fresh.plugin.lane);
  fresh.descriptor = fake.descriptor;
  fresh.plugin.state = PluginState::kLoaded;
  Inbox<std::string> events;
  const auto hear = [](void* context, const gtr_event* event) {
    static_cast<Inbox<std::string>*>(context)->put(std::string(to_view(event->payload)));
  };
  REQUIRE(lifecycle.configure(fresh.plugin, {}));
  const auto number = platform.bus.subscribe({"t", GTR_WHEN_FULL_DROP_OLDEST, 8, hear, &events, fresh.plugin.lane});
  platform.bus.publish("t", "", "early");
  on_lane(fresh, [] {});
  CHECK(events.size() == 0);
  REQUIRE(lifecycle.start(fresh.plugin, never));
  CHECK(events.take() == "early");
  REQUIRE(lifecycle.stop(fresh.plugin, kPatience));
  platform.bus.publish("t", "", "late");
  on_lane(fresh, [] {});
  CHECK(events.size() == 0);
  platform.bus.unsubscribe(number);
}

}  // namespace gatetorio::core
