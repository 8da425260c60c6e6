#include <catch2/catch_test_macros.hpp>

#include "operations_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;

struct StreamFixture : OperationsFixture {
  StreamFixture() { handler_answers = false; }
  ~StreamFixture() { end(); }
  // A call whose handler has not answered yet.
  gtr_call begin_call() {
    invoke(operation, {});
    return handled.take()->call;
  }
  std::uint64_t open(gtr_call call) { return platform.operations.stream_open(call, closed.completion()); }
  gtr_status write(std::uint64_t stream, const std::string& event) {
    return platform.operations.streams().write(stream, event);
  }
  std::string next() { return stream_events.take().value_or("<nothing>"); }

  Waiter closed;
  const std::uint64_t operation =
      declare(R"({"id":"t.stream","method":"GET","path":"/s","stream":true,"callers":[{"kind":"anyone"}]})");
};

}  // namespace

TEST_CASE_METHOD(StreamFixture, "what was written before the answer follows it, in order", "[streams]") {
  const gtr_call call = begin_call();
  const auto stream = open(call);
  CHECK(write(stream, "1") == GTR_OK);
  CHECK(write(stream, "2") == GTR_OK);
  CHECK(stream_events.size() == 0);
  complete(call, GTR_OK, "", stream);
  CHECK(replies.take()->stream == stream);
  CHECK(write(stream, "3") == GTR_OK);
  for (const char* expected : {"1", "2", "3"}) CHECK(next() == expected);
  platform.operations.streams().end(stream);
  CHECK(next() == "<end>");
  CHECK(closed.wait());
  CHECK(write(stream, "4") == GTR_GONE);
  platform.operations.streams().end(stream);
  CHECK(closed.answers() == 0);
}

TEST_CASE_METHOD(StreamFixture, "what is written before the answer is bounded in bytes", "[streams]") {
  const gtr_call call = begin_call();
  const auto stream = open(call);
  const std::string large(400'000, 'x');
  CHECK(write(stream, large) == GTR_OK);
  CHECK(write(stream, large) == GTR_OK);
  CHECK(write(stream, large) == GTR_GONE);
  complete(call, GTR_OK, "", stream);
  for (int i = 0; i < 2; ++i) CHECK(next() == large);
  CHECK(write(stream, large) == GTR_OK);
}

TEST_CASE_METHOD(StreamFixture, "a stream that ends before its answer still brings what was written", "[streams]") {
  const gtr_call call = begin_call();
  const auto stream = open(call);
  write(stream, "only");
  platform.operations.streams().end(stream);
  CHECK(closed.wait());
  CHECK(write(stream, "late") == GTR_GONE);
  complete(call, GTR_OK, "", stream);
  CHECK(next() == "only");
  CHECK(next() == "<end>");
}

TEST_CASE_METHOD(StreamFixture, "a caller who went away closes the stream without hearing of it", "[streams]") {
  const gtr_call call = begin_call();
  const auto stream = open(call);
  complete(call, GTR_OK, "", stream);
  platform.operations.streams().drop(stream);
  platform.operations.streams().drop(stream);
  CHECK(closed.wait());
  CHECK(closed.answers() == 0);
  CHECK(write(stream, "x") == GTR_GONE);
  CHECK(stream_events.size() == 0);
}

TEST_CASE_METHOD(StreamFixture, "a stream that no answer names is closed", "[streams]") {
  for (const gtr_status status : {GTR_OK, GTR_CONFLICT}) {
    const gtr_call call = begin_call();
    const auto stream = open(call);
    complete(call, status, "{}", status == GTR_OK ? 0 : stream);
    const auto reply = replies.take();
    REQUIRE(reply);
    CHECK(reply->status == status);
    CHECK(reply->stream == 0);
    CHECK(closed.wait());
    CHECK(write(stream, "x") == GTR_GONE);
  }
}

TEST_CASE_METHOD(StreamFixture, "an answer cannot name the stream of another call", "[streams]") {
  const gtr_call mine = begin_call(), theirs = begin_call();
  const auto stream = open(theirs);
  complete(mine, GTR_OK, "", stream);
  CHECK(replies.take()->status == GTR_INTERNAL);
  CHECK(write(stream, "x") == GTR_OK);  // theirs lives on
  complete(theirs, GTR_OK, "", stream);
  CHECK(replies.take()->stream == stream);
}

TEST_CASE_METHOD(StreamFixture, "a call has one stream, and one that has ended has none", "[streams]") {
  const gtr_call call = begin_call();
  CHECK(open(call) != 0);
  Waiter second;
  CHECK(platform.operations.stream_open(call, second.completion()) == 0);
  CHECK(second.wait()->status == GTR_GONE);
  complete(call, GTR_OK);
  CHECK(closed.wait());
  CHECK(open(call) == 0);
  CHECK(closed.wait()->status == GTR_GONE);
}

TEST_CASE_METHOD(StreamFixture, "a stream that never begins holds a bounded number of events", "[streams]") {
  const auto stream = open(begin_call());
  int taken = 0;
  while (write(stream, "x") == GTR_OK && taken < 1'000'000) ++taken;
  CHECK(taken == 1024);
}

TEST_CASE_METHOD(StreamFixture, "a late answer of a call that was given up closes its stream", "[streams]") {
  const gtr_call call = begin_call();
  const auto stream = open(call);
  platform.operations.sweep(Clock::now() + std::chrono::seconds(31));
  CHECK(replies.take()->status == GTR_TIMEOUT);
  complete(call, GTR_OK, "", stream);
  CHECK(closed.wait());
  CHECK(stream_events.size() == 0);
}

TEST_CASE_METHOD(StreamFixture, "at shutdown every stream ends", "[streams]") {
  const gtr_call call = begin_call();
  const auto stream = open(call);
  complete(call, GTR_OK, "", stream);
  platform.operations.cancel_all();
  CHECK(next() == "<end>");
  CHECK(closed.wait());
}

}  // namespace gatetorio::core
