// The one table of statuses.
#include "gatetorio/http_status.hpp"

#include <catch2/catch_test_macros.hpp>

namespace gatetorio {

TEST_CASE("every status of the hub has its HTTP status") {
  const std::pair<gtr_status, unsigned> rows[] = {
      {GTR_OK, 200},
      {GTR_CREATED, 201},
      {GTR_ACCEPTED, 202},
      {GTR_NO_CONTENT, 204},
      {7, 200},
      {GTR_INTERNAL, 500},
      {GTR_MALFORMED, 400},
      {GTR_INVALID, 422},
      {GTR_FORBIDDEN, 403},
      {GTR_NOT_FOUND, 404},
      {GTR_CONFLICT, 409},
      {GTR_GONE, 410},
      {GTR_TOO_LARGE, 413},
      {GTR_UNAVAILABLE, 503},
      {GTR_TIMEOUT, 504},
      {GTR_CANCELLED, 503},
      {GTR_RATE_LIMITED, 429},
      {GTR_GUARD_FAILED, 409},
      {GTR_UNSUPPORTED, 501},
      {GTR_FULL, 507},
      {GTR_UNAUTHENTICATED, 401},
      {GTR_PRECONDITION, 412},
      {GTR_CORRUPT, 460},
      {99, 500},
      {-1, 500},
  };
  for (const auto& [status, http] : rows) {
    CAPTURE(status);
    CHECK(http_status(Status{status}) == http);
  }
}

}  // namespace gatetorio
