// An operation as declared, and one call of it under way.
#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/observe/metrics.hpp"
#include "core/plugin/plugin.hpp"
#include "core/runtime/call_table.hpp"
#include "gatetorio/abi/operation.h"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

struct CallerRule {
  std::string kind;
  std::string need;
};

struct Operation {
  std::uint64_t number = 0;
  std::string id;
  std::string method, path;  // both empty: not offered over HTTP
  std::string shape;         // of the path (route.hpp)
  std::vector<CallerRule> callers;
  std::string resource;       // the field or parameter that names it; empty: none
  std::string resource_kind;  // put before its name for access control, with a colon; empty: the kind that needs none
  Status denied_as = Status::kForbidden;
  std::string credential_field;  // may carry the bearer credential; empty: none
  boost::json::object declaration;
  Plugin* owner = nullptr;
  gtr_operation_fn handler = nullptr;
  void* context = nullptr;
  Metric* seconds = nullptr;
  Metric* succeeded = nullptr;
  Metric* refused = nullptr;
  const std::map<gtr_status, Metric*>* refusals = nullptr;  // of all operations together, by what was answered
  Metric* failed = nullptr;

  const CallerRule* rule_for(std::string_view kind) const;
  bool is_open() const { return rule_for("anyone") != nullptr; }
};

// Reads a declaration (docs/plugin-guide/operations.md). Error: kInvalid, the detail says what is wrong with it.
Result<Operation> parse_operation(std::string_view declaration);

// One call. Its texts live in one buffer, in the order in which the transport gave them.
struct Invocation {
  // `transport`: id of the plugin by which it came; outlives it.
  Invocation(const Operation& target, const gtr_invocation& from, std::string_view transport);
  Invocation(const Invocation&) = delete;
  Invocation& operator=(const Invocation&) = delete;

  // Answers the transport. At most once; the tables see to it.
  void answer(const gtr_reply& reply) const;
  void answer(const Error& error) const;

  const Operation& operation;
  gtr_call call{};
  std::string text;
  std::string_view body, scheme, name, secret;
  std::vector<gtr_field> params;
  gtr_operation_request request{};
  std::string principal;  // encoded
  std::string access;     // encoded
  gtr_reply_fn reply;
  void (*stream_data)(void*, gtr_bytes);
  void (*stream_end)(void*);
  void* context;
  void (*receive)(void*, const gtr_receive*, gtr_completion) = nullptr;
  void (*cut)(void*) = nullptr;
  std::int64_t resource_id = 0;          // 0: the call names it
  std::atomic<bool> is_stranger{false};  // its credential proves nobody whom the hub knows
  std::string caller;                    // "user:17"; to be read once is_identified says so
  std::atomic<bool> is_identified{false};
  std::atomic<bool> has_body{false};       // its body was asked for
  std::atomic<bool> has_stream{false};     // one a call
  std::atomic<std::uint64_t> stream{0};    // its number; 0: none
  std::atomic<bool> has_transfer{false};   // one a call
  std::atomic<std::uint64_t> transfer{0};  // its number; 0: none
  Clock::time_point began = Clock::now();
};

}  // namespace gatetorio::core
