#include "expectation.hpp"

#include <algorithm>

#include "status_payload.hpp"

namespace gatetorio::commands {

namespace {

struct Present {
  std::optional<ObjectText> device_status;  // `status` is HTTP's, in every problem
  std::optional<Timestamp> status_at;
  std::optional<std::int64_t> sequence;
};
BOOST_DESCRIBE_STRUCT(Present, (), (device_status, status_at, sequence))

Error another(std::string detail, const std::optional<LastStatus>& last) {
  Present present;
  if (last) present = {ObjectText{last->status}, last->status_at, last->sequence};
  return {.status = Status::kConflict, .detail = std::move(detail), .extensions = json::write(present)};
}

}  // namespace

Result<void> check_expectation(const Expect& expect, const std::optional<LastStatus>& last, Timestamp now) {
  if (!last) return another("The device has not said anything yet; the command was not sent.", last);
  if (expect.sequence && expect.sequence->value != last->sequence) {
    return another("The device has said something since; the command was not sent.", last);
  }
  if (expect.states) {
    const auto status = read_status(last->status);
    const std::string state = status && status->state ? *status->state : "";
    const bool is_one = std::any_of(expect.states->begin(), expect.states->end(),
                                    [&](const auto& expected) { return expected.value == state; });
    if (!is_one) return another("The gate is in another state; the command was not sent.", last);
  }
  if (expect.max_age_seconds && now.us - last->status_at.us > expect.max_age_seconds->value * kMicrosecondsPerSecond) {
    return another("The device's last status is older than that; the command was not sent.", last);
  }
  return {};
}

}  // namespace gatetorio::commands
