// Errors as RFC 9457 problem documents.
#pragma once

#include <gatetorio/http_status.hpp>
#include <string>
#include <string_view>

namespace gatetorio::transport_http {

inline constexpr std::string_view kProblemType = "application/problem+json";

// "Not Found" for 404; also the reason phrase of the status line.
std::string_view status_title(unsigned status);

// An answer to send: the document and the headers that go with its status (WWW-Authenticate, Retry-After).
struct Problem {
  unsigned status = 500;
  std::string body;
  std::string headers;
};

// A problem of our own. `retry_after_s` 0: no Retry-After.
Problem make_problem(unsigned status, std::string_view detail, unsigned retry_after_s = 0);

// The problem for an operation that failed. `error` is what gtr_completion promises, or empty or broken. What went
// wrong inside (GTR_INTERNAL and unknown errors) is not told.
Problem problem_from(gtr_status status, std::string_view error);

}  // namespace gatetorio::transport_http
