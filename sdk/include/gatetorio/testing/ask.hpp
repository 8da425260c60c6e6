// What a test asks of an operation, and what came of it.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gatetorio/identity.hpp"
#include "gatetorio/json.hpp"
#include "gatetorio/testing/body.hpp"

namespace gatetorio::testing {

struct Ask {
  std::optional<Principal> principal = {};  // who calls; none: anybody
  boost::json::object body = {};            // parameters of the path and the query too, unless they stand in `params`
  Access access = {};                       // on the operation's resource
  std::map<std::string, std::string> params = {};
  std::string peer = "192.0.2.1";
  std::string resume_after = {};
  std::string preferred = {};
  std::optional<AskedBody> stream = {};  // the body of an operation that takes one as bytes
};

struct Outcome {
  Status status = Status::kInternal;
  std::string text;          // as it was answered: JSON, or of another type; the bytes of a file
  boost::json::object body;  // of an answer in JSON
  std::map<std::string, std::string> headers;
  std::uint64_t stream = 0;  // for FakeHost::events_of
  bool was_cut = false;      // the plugin has broken the connection off

  bool is_ok() const { return !is_error(status); }
  Error error() const { return error_from_json(static_cast<gtr_status>(status), text); }
  // Throw where there is no such member.
  std::string word(std::string_view member) const { return std::string(body.at(member).as_string()); }
  std::int64_t number(std::string_view member) const { return body.at(member).to_number<std::int64_t>(); }
};

}  // namespace gatetorio::testing
