// Calls of operations that exist anyway, in the name of somebody who has asked this plugin: as a transport makes them,
// so that rights, rules and audit are those of a call of their own.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/operations.hpp"

namespace gatetorio::admin {

// Any thread.
class OperationCalls {
 public:
  struct Operation {
    std::uint64_t number = 0;
    boost::json::object input, output;  // schemas
  };
  struct Caller {
    Principal principal;
    std::string peer;
    std::string request_id;  // of the call that is made
  };
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  explicit OperationCalls(Host& host) : host_(host) {}

  // In start(): finds what the enabled plugins offer.
  Task<Result<void>> begin();
  // By its id; nullptr: no enabled plugin offers it. It stays as long as this object.
  const Operation* find(std::string_view id) const;
  // The body of its answer, JSON. Errors: those of the operation, 401 and 403 as well.
  Task<Result<std::string>> call(std::uint64_t number, Parameters parameters, Caller caller);

 private:
  Host& host_;
  std::map<std::string, Operation, std::less<>> operations_;  // by id; written in start()
};

}  // namespace gatetorio::admin
