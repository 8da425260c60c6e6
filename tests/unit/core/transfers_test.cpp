#include <catch2/catch_test_macros.hpp>

#include "operations_fixture.hpp"

namespace gatetorio::core {
namespace {

using namespace test;

struct TransferFixture : OperationsFixture {
  TransferFixture() { handler_answers = false; }
  ~TransferFixture() { end(); }
  gtr_call begin_call() {
    invoke(operation, {});
    return handled.take()->call;
  }
  std::uint64_t open(gtr_call call) { return platform.operations.transfer_open(call, ended.completion()); }
  void complete_with_content(gtr_call call, gtr_status status = GTR_OK) {
    gtr_content content{};
    content.size = sizeof content;
    gtr_reply reply{};
    reply.size = sizeof reply;
    reply.status = status;
    reply.content = &content;
    reply.transfer = 99;  // not the feature's to say
    platform.operations.complete(call, reply);
  }

  Waiter ended;
  const std::uint64_t operation = declare(R"({"id":"t.get","method":"GET","path":"/t","callers":[{"kind":"anyone"}]})");
};

}  // namespace

TEST_CASE_METHOD(TransferFixture, "a cut reaches the transport once, before the answer and while its content is sent",
                 "[transfers]") {
  for (const bool is_answered : {false, true}) {
    CAPTURE(is_answered);
    const gtr_call call = begin_call();
    const auto transfer = open(call);
    REQUIRE(transfer != 0);
    if (is_answered) {
      complete_with_content(call);
      CHECK(replies.take()->transfer == transfer);
    }
    platform.operations.transfers().cut(transfer);
    platform.operations.transfers().cut(transfer);
    CHECK(cuts.take());
    CHECK(cuts.size() == 0);
    CHECK(ended.answers() == 0);  // it is over when the transport says so
    if (!is_answered) {
      complete_with_content(call);
      CHECK(replies.take()->transfer == transfer);
    }
    platform.operations.transfers().end(transfer);
    CHECK(ended.wait());
    CHECK(ended.answers() == 0);
  }
}

TEST_CASE_METHOD(TransferFixture, "what the transport has ended is not cut any more", "[transfers]") {
  const gtr_call call = begin_call();
  const auto transfer = open(call);
  complete_with_content(call);
  platform.operations.transfers().end(transfer);
  platform.operations.transfers().end(transfer);
  CHECK(ended.wait());
  platform.operations.transfers().cut(transfer);
  CHECK(cuts.size() == 0);
  CHECK(ended.answers() == 0);
}

TEST_CASE_METHOD(TransferFixture, "an answer without content ends the transfer before the transport has it",
                 "[transfers]") {
  const gtr_call done = begin_call();
  const auto first = open(done);
  complete(done, GTR_OK);
  CHECK(replies.take()->transfer == 0);
  CHECK(ended.wait());
  const gtr_call refused = begin_call();
  open(refused);
  complete_with_content(refused, GTR_CONFLICT);
  CHECK(replies.take()->transfer == 0);
  CHECK(ended.wait());
  const gtr_call given_up = begin_call();
  open(given_up);
  platform.operations.sweep(Clock::now() + std::chrono::seconds(31));
  CHECK(replies.take()->status == GTR_TIMEOUT);
  CHECK(ended.wait());
  complete_with_content(given_up);
  CHECK(replies.size() == 0);
  platform.operations.transfers().cut(first);
  CHECK(cuts.size() == 0);
}

TEST_CASE_METHOD(TransferFixture,
                 "a call has one transfer, and none once it is answered or where the transport cannot cut",
                 "[transfers]") {
  const gtr_call call = begin_call();
  REQUIRE(open(call) != 0);
  Waiter second;
  CHECK(platform.operations.transfer_open(call, second.completion()) == 0);
  CHECK(second.wait()->status == GTR_GONE);
  complete(call, GTR_OK);
  CHECK(ended.wait());
  CHECK(open(call) == 0);
  CHECK(ended.wait()->status == GTR_GONE);
  can_cut = false;
  CHECK(open(begin_call()) == 0);
  CHECK(ended.wait()->status == GTR_UNSUPPORTED);
}

TEST_CASE_METHOD(TransferFixture, "a transport may end a transfer from inside its cut", "[transfers]") {
  const gtr_call call = begin_call();
  struct Held {
    Transfers& transfers;
    std::uint64_t number = 0;
  } held{platform.operations.transfers()};
  const auto end_it = [](void* context) {
    auto* inside = static_cast<Held*>(context);
    inside->transfers.end(inside->number);
  };
  held.number = held.transfers.open(end_it, &held, ended.completion());
  held.transfers.cut(held.number);
  CHECK(ended.wait());
  complete(call, GTR_OK);
}

TEST_CASE_METHOD(TransferFixture, "at shutdown every transfer ends", "[transfers]") {
  const gtr_call sent = begin_call(), waiting = begin_call();
  open(sent);
  open(waiting);
  complete_with_content(sent);
  platform.operations.cancel_all();
  CHECK(ended.wait());
  CHECK(ended.wait());
}

}  // namespace gatetorio::core
