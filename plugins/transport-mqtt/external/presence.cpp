#include "external/presence.hpp"

#include <boost/json.hpp>
#include <optional>

#include "gatetorio/file_kinds.hpp"

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 100'000;
constexpr std::chrono::milliseconds kTick(1'000);
constexpr std::uint32_t kDeadlineMs = 5'000;

// Is the device there? Nothing where the message is not the device's: the hub tells watchers of files on this topic.
std::optional<bool> says_online(std::string_view payload) {
  boost::system::error_code wrong;
  const auto status = boost::json::parse(payload, wrong);
  if (wrong || !status.is_object()) return std::nullopt;
  if (announced_kind(status.get_object())) return std::nullopt;
  const auto* online = status.get_object().if_contains("online");
  return online == nullptr || !online->is_bool() || online->get_bool();
}

}  // namespace

void ExternalPresence::subscribe() {
  // A lost event leaves an entry for a device that is gone: it becomes silent.
  subscriptions_.push_back(Subscription::to<DeviceDeleted>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const DeviceDeleted& event) {
        const std::lock_guard lock(mutex_);
        known_.erase(event.device_id);
      },
      kGapIsHarmless));
}

void ExternalPresence::heard(std::int64_t device_id, std::string_view payload) {
  const std::optional<bool> is_online = says_online(payload);
  if (!is_online) return;
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [known, is_new] = known_.try_emplace(device_id);
    is_news = is_new || known->second.is_online != *is_online;
    known->second = {*is_online, Clock::now()};
  }
  if (is_news) tell(device_id, *is_online, "closed");
}

bool ExternalPresence::is_connected(std::int64_t device_id) const {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(device_id);
  return known != known_.end() && known->second.is_online;
}

void ExternalPresence::tell(std::int64_t device_id, bool is_online, std::string_view reason) const {
  LinkSession session{.kind = "device", .id = device_id, .connected = is_online, .peer = {}, .via = "status"};
  if (!is_online) session.reason = reason;
  publish(host_, session, key_of(PrincipalId{"device", device_id}));
}

Task<void> ExternalPresence::take_up() {
  std::int64_t last_id = 0;
  while (devices_.available()) {
    const Result<DeviceIds> page = co_await devices_.call_within<DeviceRegistry::KeepConnected>(kDeadlineMs, last_id);
    if (page && page->ids.empty()) co_return;
    if (page) {
      const std::lock_guard lock(mutex_);
      for (const std::int64_t id : page->ids) known_.try_emplace(id, Known{true, Clock::now()});
      last_id = page->ids.back();
      continue;
    }
    if (page.error().status == Status::kUnsupported) co_return;
    const bool go_on = co_await host_.sleep(kTick.count());
    if (!go_on) co_return;
  }
}

void ExternalPresence::begin() {
  host_.run(take_up());
  host_.every(kTick, [this] { tell_of_silent(); }, {.what = "the presence of devices at the broker"});
}

void ExternalPresence::tell_of_silent() {
  std::vector<std::int64_t> silent;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [device_id, known] : known_) {
      if (!known.is_online || Clock::now() - known.heard < silence_) continue;
      known.is_online = false;
      silent.push_back(device_id);
    }
  }
  for (const std::int64_t device_id : silent) tell(device_id, false, "timeout");
}

}  // namespace gatetorio::transport_mqtt
