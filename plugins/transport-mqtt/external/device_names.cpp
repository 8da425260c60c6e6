#include "external/device_names.hpp"

#include <algorithm>

namespace gatetorio::transport_mqtt {
namespace {

constexpr std::uint32_t kQueue = 10'000;  // of events; a gap costs one look-up a name
constexpr std::uint32_t kDeadlineMs = 2'000;
constexpr std::uint64_t kFirstPauseMs = 100;
constexpr std::uint64_t kLongestPauseMs = 2'000;
// Another hub may have renamed a device: nobody tells this one.
constexpr std::chrono::seconds kTrusted{1};
constexpr std::size_t kMostKnown = 100'000;
constexpr std::size_t kMostOfAName = 100;
constexpr std::size_t kMostBytes = 64 * 1024 * 1024;
constexpr std::chrono::minutes kComplaintPause{1};
constexpr std::int64_t kNobody = -1;

}  // namespace

void DeviceNames::subscribe() {
  const auto forget_all = [this] {
    const std::lock_guard lock(mutex_);
    ++changes_;
    known_.clear();
  };
  subscriptions_.push_back(Subscription::to<DeviceRegistered>(
      host_, WhenFull::kDropOldest, kQueue,
      [this](const DeviceRegistered& event) { name_changed(event.controller_id, event.controller_id); }, forget_all));
  subscriptions_.push_back(Subscription::to<DeviceRenamed>(
      host_, WhenFull::kDropOldest, kQueue, [this](const DeviceRenamed& event) { renamed(event); }, forget_all));
  subscriptions_.push_back(Subscription::to<DeviceDeleted>(
      host_, WhenFull::kDropOldest, kQueue, [this](const DeviceDeleted& event) { deleted(event); }, forget_all));
}

void DeviceNames::name_changed(const std::string& old_name, const std::string& new_name) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  known_.erase(old_name);
  known_.erase(new_name);
}

// What waits under the name is the one's who had it, not the one's who gets it next.
void DeviceNames::settle(const std::string& name, std::int64_t sender) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(name);
  if (found == waiting_.end()) return;
  for (Message& message : found->second) {
    if (message.sender == 0) message.sender = sender;
  }
}

void DeviceNames::renamed(const DeviceRenamed& event) {
  name_changed(event.old_controller_id, event.controller_id);
  settle(event.old_controller_id, event.device_id);
}

void DeviceNames::deleted(const DeviceDeleted& event) {
  name_changed(event.controller_id, event.controller_id);
  settle(event.controller_id, kNobody);
}

Task<Result<std::int64_t>> DeviceNames::device_of(std::string controller_id) {
  std::uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(controller_id);
    if (found != known_.end() && Clock::now() < found->second.until) co_return found->second.device_id;
    changes = changes_;
  }
  const Device device = co_await ok(devices_.call_within<DeviceRegistry::FindByName>(kDeadlineMs, controller_id));
  const std::lock_guard lock(mutex_);
  if (changes == changes_) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_[std::move(controller_id)] = {device.id, Clock::now() + kTrusted};
  }
  co_return device.id;
}

Task<Result<std::string>> DeviceNames::name_of(std::int64_t device_id) {
  DeviceIds wanted;
  wanted.ids.push_back(device_id);
  Result<DeviceList> list = co_await devices_.call_within<DeviceRegistry::FindByIds>(kDeadlineMs, std::move(wanted));
  if (!list) co_return Error{.status = Status::kUnavailable, .detail = "The device cannot be looked up."};
  if (list->devices.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
  std::string name = std::move(list->devices.front().controller_id);
  if (callbacks_.is_held(name)) {
    co_return Error{.status = Status::kUnavailable,
                    .detail = "The device that had this controller_id before is not yet disconnected.",
                    .retry_after_s = 1};
  }
  co_return name;
}

void DeviceNames::incoming(std::string controller_id, std::string payload) {
  bool is_first = false, is_full = false, is_kept = true;
  {
    const std::lock_guard lock(mutex_);
    std::deque<Message>& messages = waiting_[controller_id];
    is_full = messages.size() >= kMostOfAName || waiting_bytes_ + payload.size() > kMostBytes;
    is_kept = !is_full || !messages.empty();
    if (is_full && is_kept) {
      waiting_bytes_ -= messages.front().payload.size();
      messages.pop_front();
    }
    if (is_kept) {
      waiting_bytes_ += payload.size();
      messages.push_back({std::move(payload), 0});
    }
    is_first = is_kept && turns_.insert(controller_id).second;
  }
  if (is_full) {
    dropped_.add();
    complain(Trouble::kTooMany, controller_id, "too many wait for the look-up of their senders");
  }
  if (is_first) host_.post([this, controller_id] { host_.run(pass_on(controller_id)); });
}

// Of the one that came first; nothing where none waits: the name's turn has ended.
std::optional<std::int64_t> DeviceNames::first_sender(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(name);
  if (found != waiting_.end() && !found->second.empty()) return found->second.front().sender;
  if (found != waiting_.end()) waiting_.erase(found);
  turns_.erase(name);
  return std::nullopt;
}

Task<void> DeviceNames::pass_on(std::string name) {
  std::uint64_t pause_ms = kFirstPauseMs;
  while (const std::optional<std::int64_t> sender = first_sender(name)) {
    Result<std::int64_t> holder = *sender;
    if (*sender == 0) {
      holder = co_await device_of(name);
    }
    if (holder || holder.error().status == Status::kNotFound) {
      hand_over(name, holder ? *holder : kNobody);
      pause_ms = kFirstPauseMs;
      continue;
    }
    complain(Trouble::kWaits, name, holder.error().detail);
    const bool go_on = co_await host_.sleep(pause_ms);
    if (!go_on) co_return;
    pause_ms = std::min(2 * pause_ms, kLongestPauseMs);
  }
}

void DeviceNames::hand_over(const std::string& name, std::int64_t holder) {
  const bool is_held = callbacks_.is_held(name);
  Message message;
  {
    const std::lock_guard lock(mutex_);
    std::deque<Message>& messages = waiting_[name];
    if (messages.empty()) return;  // it was dropped meanwhile
    message = std::move(messages.front());
    messages.pop_front();
    waiting_bytes_ -= message.payload.size();
  }
  if (message.sender == 0) message.sender = is_held ? kNobody : holder;
  if (message.sender != kNobody) return callbacks_.heard(message.sender, std::move(message.payload));
  dropped_.add();
  if (is_held) return complain(Trouble::kHeld, name, "a device that lost this name may have sent it");
  complain(Trouble::kNobody, name, "nobody has this name");
}

// Names come from the broker: of each trouble one line a minute.
void DeviceNames::complain(Trouble trouble, std::string_view name, std::string_view why) {
  {
    const std::lock_guard lock(mutex_);
    Clock::time_point& last = complained_.at(static_cast<std::size_t>(trouble));
    if (last != Clock::time_point() && Clock::now() - last < kComplaintPause) return;
    last = Clock::now();
  }
  host_.warn(
      trouble == Trouble::kWaits ? "a status waits until it can be looked up who sent it" : "a status is dropped",
      {{"controller_id", name}, {"why", why}});
}

}  // namespace gatetorio::transport_mqtt
