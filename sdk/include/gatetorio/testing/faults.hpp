// What shall go wrong with calls of services. A fault waits for calls of one service whose request holds some text -
// of SQL its words, "INSERT INTO devices" - and strikes a number of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/result.hpp"

namespace gatetorio::testing {

struct Fault {
  enum class Kind {
    kNone,
    kFail,        // the provider is not asked; the caller gets `error`
    kLoseAnswer,  // the provider does it; the caller gets `error`
    kHold,        // the provider is asked when the test releases it
    kHoldAnswer,  // the provider does it; the caller gets the answer when the test releases it
  };
  Kind kind = Kind::kNone;
  Error error = {};
};

class Faults {
 public:
  // Lets `spare` calls pass, and strikes the next `times`.
  void add(std::string service, std::string text, int spare, int times, Fault fault) {
    waiting_.push_back({std::move(service), std::move(text), spare, times, std::move(fault)});
  }
  void clear() { waiting_.clear(); }
  // The fault that strikes this call: the oldest that fits.
  Fault take(std::string_view service, std::string_view request) {
    const auto fits = [&](const Waiting& each) {
      return each.service == service && request.find(each.text) != std::string_view::npos;
    };
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), fits);
    if (found == waiting_.end() || found->spare-- > 0) return {};
    Fault fault = found->fault;
    if (--found->times <= 0) waiting_.erase(found);
    return fault;
  }
  // Faults that have found no call yet: a test whose faults did not strike proves nothing.
  std::size_t count() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::string service;
    std::string text;
    int spare = 0;
    int times = 1;
    Fault fault;
  };
  std::vector<Waiting> waiting_;
};

}  // namespace gatetorio::testing
