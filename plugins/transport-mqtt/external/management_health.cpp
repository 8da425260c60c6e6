#include "external/management_health.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::chrono::minutes kPause{1};
constexpr std::chrono::seconds kGrace{5};
constexpr std::string_view kFact = "broker_management";

}  // namespace

void ManagementHealth::works(Concern concern) {
  const std::lock_guard lock(mutex_);
  failing_.erase(concern);
  if (!failing_.empty()) return;
  host_.set_fact(kFact, true);
  if (std::exchange(has_said_, false)) host_.info("the broker's management does all again", {{"url", settings_.url}});
}

void ManagementHealth::failed(Concern concern, std::string_view what, const Result<ManagementAnswer>& answer) {
  const std::lock_guard lock(mutex_);
  failing_.insert(concern);
  host_.set_fact(kFact, false);
  const auto now = Clock::now();
  if (now - begun_ < kGrace || (said_ != Clock::time_point() && now - said_ < kPause)) return;
  said_ = now;
  has_said_ = true;
  const unsigned status = answer ? answer->status : 0;
  const std::string why = answer ? "status " + std::to_string(status) : answer.error().detail;
  host_.error("the broker's management does not do what the hub needs; whoever lost a right may go on",
              {{"url", settings_.url}, {"what", what}, {"why", why}, {"remedy", remedy_for(status, settings_)}});
}

}  // namespace gatetorio::transport_mqtt
