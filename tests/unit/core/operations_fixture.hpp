// Operations with somebody who authenticates and somebody who decides, both told by the test what to say.
#pragma once

#include <map>
#include <string>

#include "platform_fixture.hpp"

namespace gatetorio::core::test {

// How an operation handler saw its call.
struct Handled {
  gtr_call call{};
  std::string body, principal_kind, access, request_id, peer;
};

struct OperationsFixture : PlatformFixture {
  OperationsFixture();
  ~OperationsFixture() { end(); }

  // Declares `declaration` for the feature; its number.
  std::uint64_t declare(const std::string& declaration);
  // The status of an attempt to declare, and why.
  std::string refused(const std::string& declaration);

  struct Ask {
    std::string secret = {};
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> params = {};
    std::string scheme = "bearer";
  };
  // Makes a call; the answer comes to `replies`.
  void invoke(std::uint64_t operation, const Ask& ask);
  // Makes a call whose handler, if it runs, answers GTR_OK; the answer.
  Answer call(std::uint64_t operation, const Ask& ask);
  void complete(gtr_call call, gtr_status status, const std::string& body = "{}", std::uint64_t stream = 0);

  FakePlugin& feature = plugin("feature");
  FakePlugin& auth = plugin("auth", false, {"gatetorio.authenticator/1"});
  FakePlugin& access = plugin("access", false, {"gatetorio.access/1"});
  FakePlugin& transport = plugin("transport");

  bool handler_answers = true;  // false: the test does, from `handled`
  Inbox<Handled> handled;
  Inbox<Answer> replies;
  bool can_cut = true;  // the transport can
  Inbox<bool> cuts;
  Inbox<std::string> stream_events;           // "<end>" for the end
  gtr_status auth_fails = GTR_OK;             // GTR_OK: "u-good" is user 7, "d-good" device 8, all else unknown
  std::map<std::string, Decision> decisions;  // by resource; another resource is not found
  Inbox<AccessQuery> queries;

 private:
  static void authenticate(void* context, gtr_call call, std::uint32_t method, gtr_bytes body);
  static void decide(void* context, gtr_call call, std::uint32_t method, gtr_bytes body);
  static void handle(void* context, const gtr_operation_request* request);
};

}  // namespace gatetorio::core::test
