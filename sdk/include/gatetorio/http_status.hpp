// What each status is in HTTP: the one table, for transports, for the declarations of operations and for whoever reads
// an answer. docs/reference/errors.md says what each means to a caller.
#pragma once

#include "gatetorio/result.hpp"

namespace gatetorio {

// 200, 201, 202 or 204 for a kind of success, 400 to 507 for an error. A status that this version does not know is 200
// or 500, by its kind. Any thread.
constexpr unsigned http_status(Status status) {
  switch (status) {
    case Status::kOk:
      return 200;
    case Status::kCreated:
      return 201;
    case Status::kAccepted:
      return 202;
    case Status::kNoContent:
      return 204;
    case Status::kMalformed:
      return 400;
    case Status::kUnauthenticated:
      return 401;
    case Status::kForbidden:
      return 403;
    case Status::kNotFound:
      return 404;
    case Status::kConflict:
    case Status::kGuardFailed:
      return 409;
    case Status::kGone:
      return 410;
    case Status::kPrecondition:
      return 412;
    case Status::kTooLarge:
      return 413;
    case Status::kInvalid:
      return 422;
    case Status::kRateLimited:
      return 429;
    case Status::kCorrupt:
      return 460;
    case Status::kInternal:
      return 500;
    case Status::kUnsupported:
      return 501;
    case Status::kUnavailable:
    case Status::kCancelled:
      return 503;
    case Status::kTimeout:
      return 504;
    case Status::kFull:
      return 507;
  }
  const auto number = static_cast<gtr_status>(status);
  return number >= 0 && !is_error(status) ? 200 : 500;
}

}  // namespace gatetorio
