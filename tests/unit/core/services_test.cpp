#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <future>

#include "platform_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;

struct Request {
  gtr_call call{};
  std::uint32_t method = 0;
  std::string body;
  const char* raw = nullptr;
};

// A provider that keeps requests for the test to answer.
struct Provider {
  static void handle(void* context, gtr_call call, std::uint32_t method, gtr_bytes body) {
    auto* self = static_cast<Provider*>(context);
    if (method == 99) throw std::runtime_error("no such thing");
    self->requests.put({call, method, std::string(to_view(body)), body.data});
  }
  Inbox<Request> requests;
};

struct ServicesFixture : PlatformFixture {
  ~ServicesFixture() { end(); }
  Provider provider;
  FakePlugin& owner = plugin("owner", true, {"test.echo/1"});
  Services& services = platform.services;
  gtr_service* service = [this] {
    services.provide(owner.plugin, "test.echo/1", "", &Provider::handle, &provider);
    return services.find("test.echo/1", "");
  }();
  gtr_call call(Waiter& waiter, std::uint32_t method = 1, std::uint32_t deadline_ms = 0) {
    return services.call(*service, method, "hello", deadline_ms, waiter.completion());
  }
};

}  // namespace

TEST_CASE_METHOD(ServicesFixture, "a call reaches its provider and its answer the caller", "[services]") {
  Waiter waiter;
  call(waiter, 5);
  const auto request = provider.requests.take();
  REQUIRE(request);
  CHECK(request->method == 5);
  CHECK(request->body == "hello");
  services.complete(request->call, GTR_CREATED, "hi");
  const auto answer = waiter.wait();
  REQUIRE(answer);
  CHECK(answer->status == GTR_CREATED);
  CHECK(answer->text == "hi");
  CHECK(services.calls_under_way() == 0);
}

TEST_CASE_METHOD(ServicesFixture, "a plugin that starts is answered by itself, and nobody else is", "[services]") {
  owner.plugin.state = PluginState::kStarting;
  FakePlugin& other = plugin("other", true, {});
  Waiter early, own;
  services.call(*service, 1, "", 0, early.completion(), &other.plugin);
  const auto refused = early.wait();
  REQUIRE(refused);
  CHECK(refused->status == GTR_UNAVAILABLE);
  services.call(*service, 2, "", 0, own.completion(), &owner.plugin);
  const auto request = provider.requests.take();
  REQUIRE(request);
  CHECK(request->method == 2);
  services.complete(request->call, GTR_OK, "");
  CHECK(own.wait());
  owner.plugin.state = PluginState::kFailed;
  Waiter late;
  services.call(*service, 3, "", 0, late.completion(), &owner.plugin);
  const auto failed = late.wait();
  REQUIRE(failed);
  CHECK(failed->status == GTR_UNAVAILABLE);
}

TEST_CASE_METHOD(ServicesFixture, "a second and a forged answer change nothing", "[services]") {
  Waiter waiter;
  call(waiter);
  const auto request = provider.requests.take();
  REQUIRE(request);
  services.complete({request->call.slot, request->call.generation + 1}, GTR_OK, "forged");
  services.complete(request->call, GTR_OK, "first");
  services.complete(request->call, GTR_OK, "second");
  CHECK(waiter.wait()->text == "first");
  CHECK(waiter.answers() == 0);
}

TEST_CASE_METHOD(ServicesFixture, "a provider that is not running is unavailable, with words", "[services]") {
  for (const PluginState state :
       {PluginState::kConfigured, PluginState::kStarting, PluginState::kStopped, PluginState::kFailed}) {
    owner.plugin.state = state;
    Waiter waiter;
    call(waiter);
    const auto answer = waiter.wait();
    REQUIRE(answer);
    CHECK(answer->status == GTR_UNAVAILABLE);
    CHECK(answer->error().detail == "Plugin 'owner' is not running.");
  }
  owner.plugin.state = PluginState::kDraining;  // still answers
  Waiter waiter;
  call(waiter);
  services.complete(provider.requests.take()->call, GTR_OK, "");
  CHECK(waiter.wait()->status == GTR_OK);
}

TEST_CASE_METHOD(ServicesFixture, "a late answer finds that the deadline was first; the body lived on", "[services]") {
  Waiter waiter;
  call(waiter, 1, 1);
  const auto request = provider.requests.take();
  REQUIRE(request);
  CHECK(services.sweep(Clock::now() + std::chrono::seconds(1)) == 1);
  const auto answer = waiter.wait();
  REQUIRE(answer);
  CHECK(answer->status == GTR_TIMEOUT);
  CHECK(answer->error().detail == "Plugin 'owner' did not answer in time.");
  CHECK(std::string_view(request->raw, 5) == "hello");
  services.complete(request->call, GTR_OK, "late");
  CHECK(waiter.answers() == 0);
  CHECK(services.calls_under_way() == 0);
}

TEST_CASE_METHOD(ServicesFixture, "a descriptor in an answer is the caller's, and is closed where nobody waits",
                 "[services]") {
  const auto is_open = [](std::int32_t descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; };
  std::int32_t ends[2];
  REQUIRE(::pipe(ends) == 0);
  Waiter in_time, late;
  call(in_time);
  const auto first = provider.requests.take();
  services.complete(first->call, GTR_OK, "", {ends, 1});
  REQUIRE(in_time.wait());
  CHECK(is_open(ends[0]));
  services.complete(first->call, GTR_OK, "", {ends, 1});  // a second answer
  CHECK_FALSE(is_open(ends[0]));
  call(late, 1, 1);
  const auto second = provider.requests.take();
  services.sweep(Clock::now() + std::chrono::seconds(1));
  REQUIRE(late.wait());
  services.complete(second->call, GTR_OK, "", {ends + 1, 1});
  CHECK_FALSE(is_open(ends[1]));
}

TEST_CASE_METHOD(ServicesFixture, "a call ends once when it is cancelled, and at shutdown", "[services]") {
  Waiter cancelled, ended;
  const gtr_call first = call(cancelled);
  services.cancel(first);
  services.cancel(first);
  CHECK(cancelled.wait()->status == GTR_CANCELLED);
  CHECK(cancelled.answers() == 0);
  call(ended);
  services.cancel_all();
  CHECK(ended.wait()->status == GTR_CANCELLED);
}

TEST_CASE_METHOD(ServicesFixture, "a call that was given up before its turn is never run", "[services]") {
  std::promise<void> go;
  Inbox<bool> held;
  owner.plugin.lane->post([&, until = go.get_future().share()] {
    held.put(true);
    until.wait();
  });
  REQUIRE(held.take());
  Waiter given_up, waiting;
  services.cancel(call(given_up, 1));
  call(waiting, 2);
  go.set_value();
  const auto request = provider.requests.take();
  REQUIRE(request);
  CHECK(request->method == 2);
  CHECK(provider.requests.size() == 0);
  services.complete(request->call, GTR_OK, "");
  CHECK(waiting.wait()->status == GTR_OK);
  CHECK(given_up.answers() == 1);
}

TEST_CASE_METHOD(ServicesFixture, "a provider that throws has failed, and the log names it", "[services]") {
  Waiter waiter;
  call(waiter, 99);
  const auto answer = waiter.wait();
  REQUIRE(answer);
  CHECK(answer->status == GTR_INTERNAL);
  CHECK(answer->error().detail == "Plugin 'owner' failed.");
  on_lane(owner, [] {});  // the report is written after the answer
  CHECK(log().find("a task threw plugin=owner exception=\"no such thing\"") != std::string::npos);
}

TEST_CASE_METHOD(ServicesFixture, "what a plugin may provide is what its manifest says, once", "[services]") {
  FakePlugin& other = plugin("other", true, {"test.echo/1"});
  struct Row {
    FakePlugin& who;
    const char *id, *selector;
    gtr_service_fn handler;
    gtr_status expected;
  };
  const Row table[] = {{owner, "test.other/1", "", &Provider::handle, GTR_INVALID},
                       {owner, "test.echo/1", "a", nullptr, GTR_INVALID},
                       {other, "test.echo/1", "", &Provider::handle, GTR_CONFLICT},
                       {owner, "test.echo/1", "", &Provider::handle, GTR_CONFLICT},
                       {other, "test.echo/1", "b", &Provider::handle, GTR_OK}};
  for (const Row& row : table) {
    CAPTURE(row.id, row.selector);
    CHECK(services.provide(row.who.plugin, row.id, row.selector, row.handler, nullptr) == row.expected);
  }
  CHECK(services.find("test.echo/1", "b") != nullptr);
  CHECK(services.find("test.echo/1", "c") == nullptr);
  CHECK(services.find("test.other/1", "") == nullptr);
}

TEST_CASE_METHOD(PlatformFixture, "the longest selector that begins the text is asked", "[services]") {
  FakePlugin& owner = plugin("owner", true, {"a/1"});
  for (const char* selector : {"bearer:", "bearer:gtd_", "password:device-"}) {
    platform.services.provide(
        owner.plugin, "a/1", selector, [](void*, gtr_call, std::uint32_t, gtr_bytes) {}, nullptr);
  }
  struct Row {
    const char *text, *expected;
  };
  for (const Row& row : {Row{"bearer:gtd_xyz", "bearer:gtd_"}, Row{"bearer:gtd", "bearer:"}, Row{"bearer:", "bearer:"},
                         Row{"password:device-7", "password:device-"}}) {
    CAPTURE(row.text);
    CHECK(platform.services.match("a/1", row.text) == platform.services.find("a/1", row.expected));
  }
  CHECK(platform.services.match("a/1", "cookie:x") == nullptr);
  CHECK(platform.services.match("a/2", "bearer:x") == nullptr);
}

}  // namespace gatetorio::core
