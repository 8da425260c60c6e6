// What an operation's declaration means to HTTP.
#pragma once

#include <gatetorio/abi/operation.h>

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "problem.hpp"
#include "request.hpp"

namespace gatetorio::transport_http {

struct Offered {
  std::uint64_t number = 0;
  bool stream = false;
  bool stream_body = false;
  std::vector<std::string> content_types;
  std::vector<std::string> body_types;
  std::vector<std::pair<std::string, std::string>> request_headers;  // name and field
  bool is_tus = false;                                               // one of them is Tus-Resumable
  std::vector<std::string> response_headers;                         // names that an answer may set
  std::string fixed_headers;                                         // lines that every answer has
  bool form = false;                                                 // takes an HTML form for a body
  bool basic = false;                                                // takes HTTP Basic
  bool judges_limits = false;                                        // decides whether those over a limit must wait
  std::string credential_field;  // a text of the body that is the credential where no other came

  // The headers of the answer that it declares, as lines.
  std::string lines_of(const gtr_reply& reply) const;
  // What is wrong with how the body is said to be written.
  std::optional<Problem> body_problem(const Request& request) const;
};

// Of an entry of the "operations" report of abi/inspect.h.
Offered offered_from(const boost::json::object& declaration);

}  // namespace gatetorio::transport_http
