#include "external/presence.hpp"

#include <boost/json.hpp>

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 100'000;
constexpr std::uint64_t kTickMs = 1'000;

// Is the device there? Nothing where the message is not the device's: the hub tells watchers of files on this topic.
std::optional<bool> says_online(std::string_view payload) {
  boost::system::error_code wrong;
  const auto status = boost::json::parse(payload, wrong);
  if (wrong || !status.is_object()) return std::nullopt;
  const auto* type = status.get_object().if_contains("type");
  if (type != nullptr && *type == "file_available") return std::nullopt;
  const auto* online = status.get_object().if_contains("online");
  return online == nullptr || !online->is_bool() || online->get_bool();
}

}  // namespace

void ExternalPresence::subscribe() {
  // Of several messages of a device only the last counts.
  subscriptions_.push_back(
      Subscription::to<DeviceMessage>(host_, WhenFull::kCoalesceByKey, kQueue,
                                      [this](const DeviceMessage& message, std::uint64_t) { heard(message); }));
  subscriptions_.push_back(Subscription::to<DeviceRenamed>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const DeviceRenamed& event, std::uint64_t) { forget(event.old_controller_id); }));
  subscriptions_.push_back(Subscription::to<DeviceDeleted>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const DeviceDeleted& event, std::uint64_t) { forget(event.controller_id); }));
}

void ExternalPresence::heard(const DeviceMessage& message) {
  const std::optional<bool> is_online = says_online(message.payload);
  if (!is_online) return;
  std::int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(message.controller_id);
    if (known != known_.end()) id = known->second.id;
  }
  if (id != 0) set(message.controller_id, id, *is_online);
  else host_.run(find(message.controller_id, *is_online));
}

Task<void> ExternalPresence::find(std::string controller_id, bool is_online) {
  auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{controller_id});
  const Result<Device> device = co_await finding;
  if (device) set(controller_id, device->id, is_online);
}

void ExternalPresence::set(const std::string& controller_id, std::int64_t id, bool is_online) {
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    Known& known = known_[controller_id];
    is_news = known.id != id || known.is_online != is_online;
    known = {id, is_online, Clock::now()};
  }
  if (is_news) tell(id, is_online);
}

void ExternalPresence::forget(const std::string& controller_id) {
  const std::lock_guard lock(mutex_);
  known_.erase(controller_id);
}

void ExternalPresence::tell(std::int64_t id, bool is_online) const {
  publish(host_, LinkSession{.kind = "device", .id = id, .connected = is_online, .peer = {}},
          "device:" + std::to_string(id));
}

Task<void> ExternalPresence::watch() {
  publish(host_, LinkReset{.reason = "the hub has started"}, "");
  while (true) {
    auto sleeping = host_.sleep(kTickMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    std::vector<std::int64_t> silent;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [controller_id, known] : known_) {
        if (!known.is_online || Clock::now() - known.heard < silence_) continue;
        known.is_online = false;
        silent.push_back(known.id);
      }
    }
    for (const std::int64_t id : silent) tell(id, false);
  }
}

}  // namespace gatetorio::transport_mqtt
