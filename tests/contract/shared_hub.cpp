#include "shared_hub.hpp"

#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cmath>
#include <ctime>
#include <iostream>

namespace gatetorio::testing {

namespace {

std::unique_ptr<HubProcess>& hub_place() {
  static std::unique_ptr<HubProcess> hub;
  return hub;
}

// What the hub said, where a test fails.
class ShowLog : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    constexpr std::size_t kMost = 6'000;
    if (stats.totals.assertions.failed == 0 || !hub_place()) return;
    const std::string log = hub_place()->log();
    std::cerr << "--- the hub's log ends with\n" << log.substr(log.size() > kMost ? log.size() - kMost : 0) << "---\n";
  }
};

}  // namespace

HubProcess& shared_hub() {
  auto& hub = hub_place();
  if (!hub) hub = std::make_unique<HubProcess>();
  return *hub;
}

bool is_timestamp(const std::string& text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) return false;
  }
  return true;
}

std::string in_hours(int hours) {
  const std::time_t at = std::time(nullptr) + 3600L * hours;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text;
}

long hours_ahead(const std::string& timestamp) {
  std::tm parts{};
  ::strptime(timestamp.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return std::lround(std::difftime(::timegm(&parts), std::time(nullptr)) / 3600);
}

}  // namespace gatetorio::testing

CATCH_REGISTER_LISTENER(gatetorio::testing::ShowLog)
