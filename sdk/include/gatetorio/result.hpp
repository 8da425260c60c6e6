// Result<T>: a value, or an Error that says what went wrong in words for the caller. Expected failures travel as
// values; exceptions are for the unexpected.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gatetorio/abi/base.h"

namespace gatetorio {

// gtr_status with C++ names; the meanings are in abi/base.h.
enum class Status : gtr_status {
  kOk = GTR_OK,
  kCreated = GTR_CREATED,
  kAccepted = GTR_ACCEPTED,
  kNoContent = GTR_NO_CONTENT,
  kInternal = GTR_INTERNAL,
  kMalformed = GTR_MALFORMED,
  kInvalid = GTR_INVALID,
  kUnauthenticated = GTR_UNAUTHENTICATED,
  kForbidden = GTR_FORBIDDEN,
  kNotFound = GTR_NOT_FOUND,
  kConflict = GTR_CONFLICT,
  kGone = GTR_GONE,
  kTooLarge = GTR_TOO_LARGE,
  kRateLimited = GTR_RATE_LIMITED,
  kUnavailable = GTR_UNAVAILABLE,
  kTimeout = GTR_TIMEOUT,
  kCancelled = GTR_CANCELLED,
  kGuardFailed = GTR_GUARD_FAILED,
  kUnsupported = GTR_UNSUPPORTED,
  kFull = GTR_FULL,
  kPrecondition = GTR_PRECONDITION,
  kCorrupt = GTR_CORRUPT,
};

constexpr bool is_error(Status status) { return static_cast<gtr_status>(status) >= GTR_FIRST_ERROR; }

// One wrong field of an input.
struct FieldError {
  std::string pointer;  // JSON Pointer (RFC 6901) into the input: "/controller_id"
  std::string detail;   // "must be 1 to 64 characters"
};

struct Error {
  Status status = Status::kInternal;
  std::string detail = {};              // one sentence for whoever called; never a secret, path or SQL text
  std::vector<FieldError> fields = {};  // with kInvalid
  std::uint32_t retry_after_s = 0;      // with kUnavailable and kRateLimited; 0: unknown
  std::int32_t statement = -1;          // with a failed SQL batch: index of the statement, else -1
  std::string extensions = {};          // more members of the answer, a JSON object (RFC 9457, 3.2), or empty
  std::vector<std::pair<std::string, std::string>> headers = {};  // of an operation's answer: names that it declares
};

template <class T>
class [[nodiscard]] Result {
 public:
  using Value = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using Value = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT
  explicit operator bool() const { return !failed_; }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool failed_ = false;
};

inline gtr_bytes to_bytes(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view to_view(gtr_bytes bytes) {
  return bytes.size == 0 ? std::string_view() : std::string_view(bytes.data, bytes.size);
}

}  // namespace gatetorio
