#include "event_feed.hpp"

#include <catch2/catch_test_macros.hpp>

#include "plugin_fixture.hpp"

namespace gatetorio::commands {
namespace {

using namespace test;

constexpr std::int64_t kGate = 7, kOther = 8;

// A caller of the stream: what it is answered, and what it hears.
struct Caller {
  Inbox<core::test::Answer> answer;
  Inbox<std::string> heard;  // "<end>" for the end
  // "status {...}", the id apart.
  std::string next() {
    const std::string text = heard.take().value_or("<nothing>");
    const auto event = text.find("event: "), data = text.find("\ndata: ");
    if (data == std::string::npos) return text;
    last_id = text.substr(4, text.find('\n') - 4);
    return text.substr(event + 7, data - event - 7) + " " + text.substr(data + 7, text.find('\n', data + 7) - data - 7);
  }
  std::string last_id;
};

struct FeedFixture : PluginFixture {
  FeedFixture() {
    std::string problem;
    platform.operations.declare(
        feature.plugin, R"({"id":"t.watch","method":"GET","path":"/w","stream":true,"callers":[{"kind":"anyone"}]})",
        [](void* self, const gtr_operation_request* request) {
          static_cast<FeedFixture*>(self)->handles.put(request->call);
        },
        this, problem);
    operation =
        boost::json::parse(platform.operations.report()).as_array().back().at("number").to_number<std::uint64_t>();
  }
  ~FeedFixture() { end(); }

  Caller& new_caller() { return *callers.emplace_back(std::make_unique<Caller>()); }
  // Begins to watch: it waits for the answer to a question about its access.
  void enter(Caller& caller, std::int64_t user = 1, std::int64_t device = kGate, const std::string& after = {},
             std::int64_t valid_until_us = 0) {
    gtr_invocation made{};
    made.size = sizeof made;
    made.operation = operation;
    made.reply = [](void* context, const gtr_reply* reply) {
      static_cast<Caller*>(context)->answer.put({reply->status, std::string(to_view(reply->body)), reply->stream});
    };
    made.stream_data = [](void* context, gtr_bytes event) {
      static_cast<Caller*>(context)->heard.put(std::string(to_view(event)));
    };
    made.stream_end = [](void* context) { static_cast<Caller*>(context)->heard.put("<end>"); };
    made.context = &caller;
    platform.operations.invoke(transport.plugin, made);
    Call call{.handle = *handles.take()};
    call.principal = Principal{.kind = "user", .id = user, .valid_until_us = valid_until_us};
    call.access = {.resource_id = device, .resource = "a-label", .level = "readonly"};
    call.resume_after = after;
    host.run(watch(std::move(call)));
  }
  Task<void> watch(Call call) {
    const gtr_call handle = call.handle;
    auto watching = feed.watch(std::move(call), [this](Call of) { return snapshot(of.access.resource_id); });
    const Result<std::uint64_t> stream = co_await watching;
    const std::string error = stream ? "" : to_json(stream.error());
    gtr_reply reply{};
    reply.size = sizeof reply;
    reply.status = stream ? GTR_OK : static_cast<gtr_status>(stream.error().status);
    reply.body = to_bytes(error);
    reply.stream = stream ? *stream : 0;
    host.operations().complete(host.raw(), handle, &reply);
  }
  // What `while_reading` does happens between the reading of the state and its arrival.
  Task<Result<std::string>> snapshot(std::int64_t device) {
    const std::string state = "\"" + state_of[device] + "\"";
    ++snapshots;
    auto pausing = host.sleep(1);
    co_await pausing;
    if (const auto meanwhile = std::exchange(while_reading, nullptr)) meanwhile();
    co_return state;
  }
  AskedAccess question() {
    auto asked = questions.take();
    REQUIRE(asked);
    return *std::move(asked);
  }
  void watch_at_once(Caller& caller, std::int64_t user = 1, std::int64_t device = kGate,
                     const std::string& after = {}) {
    enter(caller, user, device, after);
    decide(question(), true);
    REQUIRE(caller.answer.take()->status == GTR_OK);
  }
  void say(const std::string& status, std::int64_t device = kGate) { feed.status({device, status}, std::nullopt); }

  std::uint64_t operation = 0;
  std::vector<std::unique_ptr<Caller>> callers;  // the platform speaks to them until end()
  Inbox<gtr_call> handles;
  std::map<std::int64_t, std::string> state_of;
  std::function<void()> while_reading;
  std::atomic<int> snapshots = 0;
  EventFeed feed{host};
};

}  // namespace

TEST_CASE_METHOD(FeedFixture, "whoever enters the list is asked about by the device's id, and hears nothing before") {
  Caller& caller = new_caller();
  enter(caller);
  say("early");
  const AskedAccess asked = question();
  CHECK(asked.query.resource_id == kGate);
  CHECK(asked.query.resource.empty());
  CHECK(asked.query.need == "readonly");
  CHECK(asked.query.principal.id == 1);
  CHECK(caller.heard.size() == 0);
  state_of[kGate] = "open";
  decide(asked, true);
  REQUIRE(caller.answer.take()->status == GTR_OK);
  CHECK(caller.next() == "state \"open\"");
  CHECK(caller.next() == "status early");  // it came after the watcher: never missed
  say("elsewhere", kOther);
  say("then");
  CHECK(caller.next() == "status then");
}

TEST_CASE_METHOD(FeedFixture, "a right that ends between the call and the list opens no stream") {
  Caller& caller = new_caller();
  enter(caller);
  decide(question(), false);
  CHECK(caller.answer.take()->status == GTR_NOT_FOUND);
  say("secret");
  CHECK(caller.heard.size() == 0);
}

TEST_CASE_METHOD(FeedFixture, "a right that ends while it is looked up is looked up again") {
  Caller& caller = new_caller();
  enter(caller);
  const AskedAccess asked = question();
  feed.access_changed({"user", 1});  // after the storage has answered, before the answer is here
  decide(asked, true);
  decide(question(), false);
  CHECK(caller.answer.take()->status == GTR_NOT_FOUND);

  Caller& live = new_caller();
  watch_at_once(live);
  CHECK(live.next().starts_with("state"));
  feed.access_changed({"user", 1});
  const AskedAccess first = question();
  feed.access_changed({"user", 1});
  decide(first, true);
  decide(question(), false);
  CHECK(live.next() == "<end>");
}

TEST_CASE_METHOD(FeedFixture, "a right that ends while the state is read ends the stream before it begins") {
  Caller& caller = new_caller();
  while_reading = [this] {
    feed.access_changed({"user", 1});
    if (const auto asked = questions.take()) decide(*asked, false);
  };
  enter(caller);
  decide(question(), true);
  const auto answer = caller.answer.take();
  REQUIRE(answer);
  if (answer->status == GTR_OK) {
    // It began in the moment before: it ends all the same.
    std::string text;
    do {
      text = caller.next();
    } while (text != "<end>" && text != "<nothing>");
    CHECK(text == "<end>");
  } else {
    CHECK(answer->status == GTR_NOT_FOUND);
  }
}

TEST_CASE_METHOD(FeedFixture, "a change of one principal's rights asks about that principal alone") {
  Caller &mine = new_caller(), &theirs = new_caller();
  watch_at_once(mine, 1);
  watch_at_once(theirs, 2);
  feed.access_changed({"user", 3});
  feed.access_changed({"device", 1});
  CHECK_FALSE(questions.take(std::chrono::milliseconds(20)));
  feed.access_changed({"user", 1});
  const AskedAccess asked = question();
  CHECK(asked.query.principal.id == 1);
  decide(asked, false);
  CHECK(mine.next().starts_with("state"));
  CHECK(mine.next() == "<end>");
  say("on");
  CHECK(theirs.next().starts_with("state"));
  CHECK(theirs.next() == "status on");
}

TEST_CASE_METHOD(FeedFixture, "after lost changes everybody is asked about, and who cannot be judged is ended") {
  for (std::int64_t user = 1; user <= 100; ++user) {
    watch_at_once(new_caller(), user);
    CHECK(callers.back()->next().starts_with("state"));
  }
  feed.changes_were_missed();
  for (int i = 0; i < 100; ++i) {
    const AskedAccess asked = question();
    if (asked.query.principal.id % 3 == 0) {
      fail(asked);
    } else {
      decide(asked, asked.query.principal.id % 3 == 1);
    }
  }
  for (std::int64_t user = 1; user <= 100; ++user) {
    if (user % 3 != 1) CHECK(callers[user - 1]->next() == "<end>");
  }
  say("on");
  CHECK(callers[0]->next() == "status on");
}

TEST_CASE_METHOD(FeedFixture, "a stream of a deleted device ends, also where it is just beginning") {
  Caller &live = new_caller(), &beginning = new_caller();
  watch_at_once(live);
  enter(beginning);
  const AskedAccess asked = question();
  feed.deleted({kGate, "a-label"});
  CHECK(live.next().starts_with("state"));
  CHECK(live.next() == "<end>");
  decide(asked, true);
  CHECK(beginning.answer.take()->status == GTR_NOT_FOUND);
}

TEST_CASE_METHOD(FeedFixture, "a stream goes on after an event of its own device, and of no other") {
  Caller &first = new_caller(), &other = new_caller();
  watch_at_once(first);
  watch_at_once(other, 1, kOther);
  CHECK(first.next().starts_with("state"));
  const std::string state_id = first.last_id;
  for (const char* status : {"a", "b"}) say(status);
  CHECK(first.next() == "status a");
  const std::string id = first.last_id;
  say("x", kOther);
  say("y", kOther);
  Caller &resumed = new_caller(), &from_state = new_caller(), &foreign = new_caller();
  const int before = snapshots;
  watch_at_once(resumed, 1, kGate, id);
  CHECK(resumed.next() == "status b");
  CHECK(resumed.last_id != id);
  watch_at_once(from_state, 1, kGate, state_id);
  CHECK(from_state.next() == "status a");
  CHECK(snapshots == before);
  watch_at_once(foreign, 1, kOther, id);
  CHECK(foreign.next().starts_with("state"));
  Caller &made_up = new_caller(), &of_the_past = new_caller();
  watch_at_once(made_up, 1, kGate, "1" + id.substr(1) + "0");
  CHECK(made_up.next().starts_with("state"));
  watch_at_once(of_the_past, 1, kGate, "1795000000000000");
  CHECK(of_the_past.next().starts_with("state"));
}

TEST_CASE_METHOD(FeedFixture, "who would miss events begins with the state, read after them") {
  Caller &first = new_caller(), &late = new_caller(), &flooded = new_caller();
  watch_at_once(first);
  CHECK(first.next().starts_with("state"));
  say("a");
  CHECK(first.next() == "status a");
  feed.events_were_missed();
  state_of[kGate] = "newest";
  watch_at_once(late, 1, kGate, first.last_id);
  CHECK(late.next() == "state \"newest\"");
  // More comes while the state is read than is kept.
  state_of[kGate] = "before it";
  while_reading = [this] {
    for (int i = 0; i < 500; ++i) say(std::to_string(i));
    state_of[kGate] = "after the flood";
  };
  watch_at_once(flooded, 2);
  CHECK(flooded.next() == "state \"after the flood\"");
  say("next");
  CHECK(flooded.next() == "status next");
}

TEST_CASE_METHOD(FeedFixture, "nothing is sent to who is out of time") {
  Caller &caller = new_caller(), &lapsed = new_caller();
  enter(caller);
  decide(question(), true, now().us - 1);
  REQUIRE(caller.answer.take());
  CHECK(caller.next().starts_with("state"));
  enter(lapsed, 2, kGate, "", now().us - 1);
  decide(question(), true);
  REQUIRE(lapsed.answer.take());
  CHECK(lapsed.next().starts_with("state"));
  say("secret");
  CHECK_FALSE(caller.heard.take(std::chrono::milliseconds(20)));
  CHECK_FALSE(lapsed.heard.take(std::chrono::milliseconds(20)));
}

}  // namespace gatetorio::commands
