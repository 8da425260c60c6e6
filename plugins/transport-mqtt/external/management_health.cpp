#include "external/management_health.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::chrono::minutes kPause{1};
constexpr std::string_view kFact = "broker_management";

}  // namespace

void ManagementHealth::works() {
  const std::lock_guard lock(mutex_);
  host_.set_fact(kFact, true);
  if (std::exchange(is_failing_, false)) host_.info("the broker's management answers again", {{"url", settings_.url}});
}

void ManagementHealth::failed(std::string_view what, const Result<ManagementAnswer>& answer) {
  const std::lock_guard lock(mutex_);
  host_.set_fact(kFact, false);
  const bool is_new = !std::exchange(is_failing_, true);
  if (!is_new && Clock::now() - said_ < kPause) return;
  said_ = Clock::now();
  const unsigned status = answer ? answer->status : 0;
  const std::string why = answer ? "status " + std::to_string(status) : answer.error().detail;
  host_.error("the broker's management does not do what the hub needs; whoever lost a right may go on",
              {{"url", settings_.url}, {"what", what}, {"why", why}, {"remedy", remedy_for(status, settings_)}});
}

}  // namespace gatetorio::transport_mqtt
