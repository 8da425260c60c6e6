// Errors as RFC 9457 problem documents, and the one place where a status of the hub becomes one of HTTP.
#pragma once

#include <gatetorio/abi/base.h>

#include <string>
#include <string_view>

namespace gatetorio::transport_http {

inline constexpr std::string_view kProblemType = "application/problem+json";

// 200 to 207 for kinds of success, else the error's status; 500 for what is unknown.
unsigned http_status(gtr_status status);

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
