// One hub for all tests of this program that need no special one. Tests share it, so each makes people of its own.
#pragma once

#include "support/people.hpp"

namespace gatetorio::testing {

// With open enrolment; started at the first call.
HubProcess& shared_hub();

inline HttpClient client(std::string bearer = {}) { return HttpClient(shared_hub().http(), std::move(bearer)); }
inline TestDevice new_device() { return make_device(shared_hub().http()); }
inline TestUser new_user(const TestDevice& device, const std::string& level) {
  return make_user(shared_hub().http(), device, level);
}
inline std::string device_path(const TestDevice& device) { return "/devices/" + device.controller_id; }

// 1970-01-01T00:00:00.000Z and nothing else.
bool is_timestamp(const std::string& text);
// Hours from now that a timestamp lies ahead, rounded.
long hours_ahead(const std::string& timestamp);
// "2026-12-01T18:00:00.000Z", so many hours from now.
std::string in_hours(int hours);

}  // namespace gatetorio::testing
