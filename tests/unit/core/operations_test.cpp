#include <catch2/catch_test_macros.hpp>
#include <future>

#include "operations_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;

constexpr const char* kOpen = R"({"id":"t.open","method":"GET","path":"/open","callers":[{"kind":"anyone"}]})";
constexpr const char* kUsers = R"({"id":"t.users","callers":[{"kind":"user"}],"credential_field":"user_token"})";
constexpr const char* kGate = R"({"id":"t.gate","method":"POST","path":"/gate","resource":"gate",
  "callers":[{"kind":"user","need":"engineer"},{"kind":"device","need":"self"}]})";
constexpr const char* kHidden =
    R"({"id":"t.hidden","method":"GET","path":"/gate","resource":"gate","denied_as":"not_found",
  "callers":[{"kind":"user","need":"owner"}]})";

}  // namespace

TEST_CASE_METHOD(OperationsFixture, "a declaration that is wrong is refused with a reason", "[operations]") {
  struct Row {
    const char *declaration, *why;
  };
  const Row table[] = {
      {"", "the declaration is not a JSON object"},
      {"[]", "the declaration is not a JSON object"},
      {"{}", "'id' must be lower-case letters, digits, dots and dashes"},
      {R"({"id":"A b","callers":[{"kind":"anyone"}]})", "'id' must be lower-case letters, digits, dots and dashes"},
      {R"({"id":7,"callers":[{"kind":"anyone"}]})", "'id' must be lower-case letters, digits, dots and dashes"},
      {R"({"id":"a","method":"GET","path":"x","callers":[{"kind":"anyone"}]})", "'path' must begin with /"},
      {R"({"id":"a"})", "'callers' must say who may call; {\"kind\": \"anyone\"} is everybody"},
      {R"({"id":"a","callers":[]})", "'callers' must say who may call; {\"kind\": \"anyone\"} is everybody"},
      {R"({"id":"a","callers":["user"]})", "a caller has no 'kind'"},
      {R"({"id":"a","callers":[{"need":"x"}]})", "a caller has no 'kind'"},
      {R"({"id":"a","method":"PUT","path":"/x","resource":"gate","body_only":true,"callers":[{"kind":"user"}]})",
       "with 'body_only' the 'resource' must be part of 'path'"}};
  for (const Row& row : table) {
    CAPTURE(row.declaration);
    CHECK(refused(row.declaration) == row.why);
  }
  CHECK(platform.operations.report() == "[]");
}

TEST_CASE_METHOD(OperationsFixture, "an id and a route are taken once", "[operations]") {
  declare(kOpen);
  CHECK(refused(kOpen) == "plugin 'feature' has declared it as t.open");
  CHECK(refused(R"({"id":"other","method":"GET","path":"/open","callers":[{"kind":"anyone"}]})") ==
        "plugin 'feature' has declared it as t.open");
  CHECK(refused(R"({"id":"other","method":"PUT","path":"/open","callers":[{"kind":"anyone"}]})").empty());
  CHECK(refused(R"({"id":"a","callers":[{"kind":"anyone"}]})").empty());  // no route: not offered over HTTP
  CHECK(refused(R"({"id":"b","callers":[{"kind":"anyone"}]})").empty());
}

TEST_CASE_METHOD(OperationsFixture, "the kind of a resource is the declaration's, whatever a caller calls it") {
  const auto on = [](const std::string& id, const std::string& resource) {
    return R"({"id":")" + id + R"(","method":"GET","path":"/)" + id +
           R"(/{it}","callers":[{"kind":"user","need":"owner"}],)" + R"("resource":")" + resource + R"("})";
  };
  const auto plain = declare(on("plain", "it")), kind = declare(on("kind", "site:it"));
  decisions["site:7"] = {.is_allowed = true, .access = {.resource_id = 7, .level = "owner"}};
  CHECK(call(kind, {.secret = "u-good", .params = {{"it", "7"}}}).status == GTR_OK);
  CHECK(queries.take()->resource == "site:7");
  CHECK(call(plain, {.secret = "u-good", .params = {{"it", "site:7"}}}).status != GTR_OK);
  CHECK(queries.take()->resource == ":site:7");
  CHECK(refused(on("odd", ":it")) == "'resource' must be FIELD or KIND:FIELD");
  CHECK(refused(on("odd", "site:")) == "'resource' must be FIELD or KIND:FIELD");
}

TEST_CASE_METHOD(OperationsFixture, "a route is judged when it is declared, by its method, its grammar and its shape") {
  const auto route = [](const std::string& id, const std::string& method, const std::string& path) {
    return R"({"id":")" + id + R"(","method":")" + method + R"(","path":")" + path +
           R"(","callers":[{"kind":"anyone"}]})";
  };
  declare(route("t.one", "GET", "/things/{thing_id}"));
  // The same requests under another name of the parameter: the newcomer is told whose route that is.
  CHECK(refused(route("t.two", "GET", "/things/{id}")) == "plugin 'feature' has declared it as t.one");
  CHECK(refused(route("t.get", "get", "/x")).find("'method' must be one of") == 0);
  CHECK(refused(route("t.none", "", "/x")).find("'method' must be one of") == 0);
  for (const std::string path :
       {"x", "", "/", "/x/", "//x", "/x/{y", "/x/y}", "/x/{}", "/x/{Y}", "/x/{y}z", "/x/{y}/{y}", "/a b", "/x?y",
        "/x#y", "/%78", "/..", "/x/./y", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"}) {
    CAPTURE(path);
    CHECK(refused(route("t.bad", "GET", path)).find("'path'") == 0);
  }
  declare(route("t.three", "POST", "/things/{id}"));  // another method
  declare(route("t.four", "GET", "/things/all"));     // a word wins over a parameter
  declare(route("t.five", "GET", "/things/{a}/{b}/x-1.~y"));
}

TEST_CASE_METHOD(OperationsFixture, "a number that no operation has is not found", "[operations]") {
  CHECK(call(0, {}).status == GTR_NOT_FOUND);
  CHECK(call(~0ULL, {}).status == GTR_NOT_FOUND);
}

TEST_CASE_METHOD(OperationsFixture, "anyone may call what is open; a good credential is passed on", "[operations]") {
  const auto open = declare(kOpen);
  struct Row {
    const char *secret, *kind;
  };
  for (const Row& row : {Row{"", ""}, Row{"u-good", "user"}, Row{"wrong", ""}}) {
    CAPTURE(row.secret);
    CHECK(call(open, {.secret = row.secret, .body = "{}"}).status == GTR_OK);
    const auto seen = handled.take();
    REQUIRE(seen);
    CHECK(seen->principal_kind == row.kind);
    CHECK(seen->request_id == "request-1");
    CHECK(seen->peer == "192.0.2.1");
  }
  auth_fails = GTR_UNAVAILABLE;  // it might be a good one: nobody can say
  CHECK(call(open, {.secret = "u-good"}).status == GTR_UNAVAILABLE);
  CHECK(handled.size() == 0);
}

TEST_CASE_METHOD(OperationsFixture, "a transport learns of each credential that proves nobody, however the call ends",
                 "[operations]") {
  const auto open = declare(kOpen), users = declare(kUsers), gate = declare(kGate);
  decisions["north"] = {true, {}};
  struct Row {
    std::uint64_t operation;
    const char *secret, *body;
    bool is_stranger;
  };
  const Row table[] = {{open, "", "{}", false},
                       {open, "u-good", "{}", false},
                       {open, "wrong", "{}", true},
                       {users, "", "{}", false},
                       {users, "u-good", "{}", false},
                       {users, "wrong", "{}", true},
                       {users, "u-new", "{}", true},
                       {users, "", R"({"user_token":"u-good"})", false},
                       {users, "", R"({"user_token":"wrong"})", true},
                       {users, "", R"({"user_token":"u-new"})", true},
                       {gate, "u-new", R"({"gate":"north"})", true},
                       {gate, "u-new", R"({"gate":"nowhere"})", true},
                       {gate, "d-good", R"({"gate":"north"})", false}};
  for (const Row& row : table) {
    CAPTURE(row.operation, row.secret, row.body);
    const Answer answer = call(row.operation, {.secret = row.secret, .body = row.body});
    CHECK(answer.is_stranger == row.is_stranger);
    const bool shows_good = (std::string(row.secret) + row.body).find("good") != std::string::npos;
    CHECK(answer.caller.empty() == !shows_good);
  }
  auth_fails = GTR_UNAVAILABLE;  // nobody knows
  CHECK_FALSE(call(users, {.secret = "wrong"}).is_stranger);
}

TEST_CASE_METHOD(OperationsFixture, "a parameter that is no text is refused before anybody sees it", "[operations]") {
  const auto open = declare(kOpen);
  for (const std::string& bad :
       {std::string("\xff"), std::string("a\xc3"), std::string("\xed\xa0\x80"), std::string("a\0b", 3)}) {
    CAPTURE(bad);
    CHECK(call(open, {.params = {{"good", "x"}, {"name", bad}}}).status == GTR_MALFORMED);
    CHECK(call(open, {.params = {{bad, "x"}}}).status == GTR_MALFORMED);
  }
  CHECK(handled.size() == 0);
  CHECK(call(open, {.params = {{"name", "T\xc3\xb6r"}}}).status == GTR_OK);
}

TEST_CASE_METHOD(OperationsFixture, "who may not call is refused before the handler runs", "[operations]") {
  decisions["mine"] = {true, {1, "mine", "owner", 0}};
  decisions["shared"] = {false, {2, "shared", "readonly", 0}};
  decisions["foreign"] = {false, {}};
  const auto users = declare(kUsers), gate = declare(kGate), hidden = declare(kHidden);
  using Params = std::vector<std::pair<std::string, std::string>>;
  struct Row {
    const char* what;
    std::uint64_t operation;
    Ask ask;
    gtr_status expected;
  };
  const Row table[] = {
      {"no credential", users, {}, GTR_UNAUTHENTICATED},
      {"a wrong one", users, {.secret = "wrong"}, GTR_UNAUTHENTICATED},
      {"a scheme that nobody knows", users, {.secret = "u-good", .scheme = "cookie"}, GTR_UNAUTHENTICATED},
      {"a principal that cannot be read", users, {.secret = "broken"}, GTR_INTERNAL},
      {"another kind of caller", users, {.secret = "d-good"}, GTR_FORBIDDEN},
      {"the right kind", users, {.secret = "u-good"}, GTR_OK},
      {"no resource named", gate, {.secret = "u-good"}, GTR_INVALID},
      {"a resource that is no text", gate, {.secret = "u-good", .body = R"({"gate":7})"}, GTR_INVALID},
      {"a body that is no JSON", gate, {.secret = "u-good", .body = "{"}, GTR_MALFORMED},
      {"its own", gate, {.secret = "u-good", .body = R"({"gate":"mine"})"}, GTR_OK},
      {"as a parameter", gate, {.secret = "u-good", .params = Params{{"gate", "mine"}}}, GTR_OK},
      {"too little", gate, {.secret = "u-good", .body = R"({"gate":"shared"})"}, GTR_FORBIDDEN},
      {"a stranger", gate, {.secret = "u-good", .body = R"({"gate":"foreign"})"}, GTR_FORBIDDEN},
      {"nothing of the name", gate, {.secret = "u-good", .body = R"({"gate":"unknown"})"}, GTR_NOT_FOUND},
      {"a stranger who shall not know",
       hidden,
       {.secret = "u-good", .params = Params{{"gate", "foreign"}}},
       GTR_NOT_FOUND},
      {"too little, and he knows it",
       hidden,
       {.secret = "u-good", .params = Params{{"gate", "shared"}}},
       GTR_FORBIDDEN},
      {"nobody, and nothing is asked", hidden, {.params = Params{{"gate", "foreign"}}}, GTR_UNAUTHENTICATED}};
  for (const Row& row : table) {
    CAPTURE(row.what);
    const Answer answer = call(row.operation, row.ask);
    CHECK(answer.status == row.expected);
    CHECK(handled.take(std::chrono::milliseconds(0)).has_value() == (row.expected == GTR_OK));
    if (row.expected != GTR_OK) CHECK_FALSE(answer.error().detail.empty());
  }
}

TEST_CASE_METHOD(OperationsFixture, "a parameter wins over the body for what is judged", "[operations]") {
  decisions["mine"] = {true, {1, "mine", "owner", 0}};
  decisions["foreign"] = {false, {}};
  const auto gate = declare(kGate);
  const Ask ask{.secret = "u-good", .body = R"({"gate":"mine"})", .params = {{"gate", "foreign"}}};
  CHECK(call(gate, ask).status == GTR_FORBIDDEN);
  CHECK(queries.take()->resource == "foreign");
}

TEST_CASE_METHOD(OperationsFixture, "what is asked of access control is what the declaration says", "[operations]") {
  decisions["mine"] = {true, {1, "mine", "self", 0}};
  const auto gate = declare(kGate);
  CHECK(call(gate, {.secret = "d-good", .body = R"({"gate":"mine"})"}).status == GTR_OK);
  const auto query = queries.take();
  REQUIRE(query);
  CHECK(query->principal.kind == "device");
  CHECK(query->need == "self");
  CHECK(handled.take()->access == "self");
}

TEST_CASE_METHOD(OperationsFixture, "a credential may stand in a body field, never in a parameter", "[operations]") {
  const auto users = declare(kUsers);
  CHECK(call(users, {.body = R"({"user_token":"u-good"})", .scheme = ""}).status == GTR_OK);
  CHECK(call(users, {.body = R"({"user_token":"wrong"})", .scheme = ""}).status == GTR_UNAUTHENTICATED);
  CHECK(call(users, {.body = R"({"user_token":7})", .scheme = ""}).status == GTR_UNAUTHENTICATED);
  CHECK(call(users, {.body = "{", .scheme = ""}).status == GTR_MALFORMED);
  CHECK(call(users, {.params = {{"user_token", "u-good"}}, .scheme = ""}).status == GTR_UNAUTHENTICATED);
}

TEST_CASE_METHOD(PlatformFixture, "where nobody decides about access, it is refused", "[operations]") {
  FakePlugin& auth = plugin("auth", true, {"gatetorio.authenticator/1"});
  const auto says_yes = [](void* context, gtr_call call, std::uint32_t, gtr_bytes) {
    static_cast<Services*>(context)->complete(call, GTR_OK, wire::encode(Principal{"user", 1, "", "", ""}));
  };
  platform.services.provide(auth.plugin, Authenticator::kId, "", says_yes, &platform.services);
  std::string problem;
  const auto never = [](void*, const gtr_operation_request*) { std::terminate(); };
  platform.operations.declare(auth.plugin, kGate, never, nullptr, problem);
  Inbox<gtr_status> replies;
  gtr_invocation made{};
  made.size = sizeof made;
  made.body = to_bytes(R"({"gate":"mine"})");
  made.credential_scheme = to_bytes("bearer");
  made.credential_secret = to_bytes("x");
  made.reply = [](void* context, const gtr_reply* reply) {
    static_cast<Inbox<gtr_status>*>(context)->put(reply->status);
  };
  made.context = &replies;
  platform.operations.invoke(auth.plugin, made);
  CHECK(replies.take() == GTR_FORBIDDEN);
}

TEST_CASE_METHOD(OperationsFixture, "the operation of a plugin that is not running is unavailable", "[operations]") {
  const auto open = declare(kOpen);
  feature.plugin.state = PluginState::kStopped;
  const Answer answer = call(open, {});
  CHECK(answer.status == GTR_UNAVAILABLE);
  CHECK(answer.error().retry_after_s > 0);
  CHECK(answer.error().detail == "Plugin 'feature' is not running.");
}

TEST_CASE_METHOD(OperationsFixture, "a handler that throws answers as failed, and the log names its plugin",
                 "[operations]") {
  const auto open = declare(kOpen), users = declare(kUsers);
  CHECK(call(open, {.body = "throw"}).status == GTR_INTERNAL);
  CHECK(call(users, {.secret = "u-good", .body = "throw"}).status == GTR_INTERNAL);
  on_lane(feature, [] {});
  CHECK(log().find("a task threw plugin=feature exception=\"handler threw\"") != std::string::npos);
  CHECK(platform.operations.calls_under_way() == 0);
}

TEST_CASE_METHOD(OperationsFixture, "an operation answers once, whatever its handler does", "[operations]") {
  handler_answers = false;
  const auto open = declare(kOpen);
  invoke(open, {});
  const auto seen = handled.take();
  REQUIRE(seen);
  complete({seen->call.slot, seen->call.generation + 7}, GTR_OK, "forged");
  complete(seen->call, GTR_CONFLICT, "first");
  complete(seen->call, GTR_OK, "second");
  CHECK(replies.take()->text == "first");
  CHECK(replies.size() == 0);
}

TEST_CASE_METHOD(OperationsFixture, "a call that takes too long is told so, its late answer is dropped",
                 "[operations]") {
  handler_answers = false;
  const auto open = declare(kOpen);
  invoke(open, {});
  const auto seen = handled.take();
  REQUIRE(seen);
  CHECK(platform.operations.sweep(Clock::now()) == 0);
  CHECK(platform.operations.sweep(Clock::now() + std::chrono::seconds(31)) == 1);
  CHECK(replies.take()->status == GTR_TIMEOUT);
  complete(seen->call, GTR_OK);
  CHECK(replies.size() == 0);
  CHECK(platform.operations.calls_under_way() == 0);
}

TEST_CASE_METHOD(OperationsFixture, "a call that was given up before its turn is never carried out", "[operations]") {
  const auto open = declare(kOpen);
  std::promise<void> go;
  Inbox<bool> held;
  feature.plugin.lane->post([&, until = go.get_future().share()] {
    held.put(true);
    until.wait();
  });
  REQUIRE(held.take());
  invoke(open, {});
  platform.operations.sweep(Clock::now() + std::chrono::seconds(31));
  CHECK(replies.take()->status == GTR_TIMEOUT);
  go.set_value();
  CHECK(call(open, {}).status == GTR_OK);  // the next one is
  CHECK(handled.take());
  CHECK(handled.size() == 0);
}

TEST_CASE_METHOD(OperationsFixture, "at shutdown every open call is answered", "[operations]") {
  handler_answers = false;
  const auto open = declare(kOpen);
  for (int i = 0; i < 10; ++i) invoke(open, {});
  for (int i = 0; i < 10; ++i) REQUIRE(handled.take());
  platform.operations.cancel_all();
  for (int i = 0; i < 10; ++i) CHECK(replies.take()->status == GTR_UNAVAILABLE);
}

TEST_CASE_METHOD(OperationsFixture, "a call begins after the events that its plugin was sent before it",
                 "[operations]") {
  const auto open = declare(kOpen);
  struct Subscriber {
    std::promise<void> go;
    Inbox<std::size_t> calls_before;  // handled when the event had been
    Inbox<Handled>& handled;
    static void hear(void* context, const gtr_event*) {
      auto* self = static_cast<Subscriber*>(context);
      self->go.get_future().wait();
      self->calls_before.put(self->handled.size());
    }
  } subscriber{{}, {}, handled};
  FakePlugin& bystander = plugin("bystander", false);
  // On a lane of its own, so that nothing but the bus holds the call up.
  feature.plugin.lane = bystander.plugin.lane;
  const auto number =
      platform.bus.subscribe({"t", GTR_WHEN_FULL_DROP_OLDEST, 10, &Subscriber::hear, &subscriber, feature.plugin.lane});
  platform.bus.open(*feature.plugin.lane);
  platform.bus.publish("t", "", "x");
  invoke(open, {});
  Inbox<bool> passed;  // by the call, if it did not wait
  feature.plugin.lane->post([&] { passed.put(true); });
  REQUIRE(passed.take());
  subscriber.go.set_value();
  CHECK(replies.take());
  const auto before = subscriber.calls_before.take();
  REQUIRE(before);
  CHECK(*before == 0);
  platform.bus.unsubscribe(number);
}

}  // namespace gatetorio::core
