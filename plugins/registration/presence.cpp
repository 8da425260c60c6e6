#include "presence.hpp"

namespace gatetorio::registration {

namespace {

constexpr std::uint64_t kFlushMs = 5'000;
constexpr std::uint64_t kWatchMs = 500;
constexpr std::uint32_t kQueue = 100'000;  // every device of a large hub coming back at once

}  // namespace

void Presence::subscribe() {
  // Of several changes of one device only the last counts.
  subscriptions_.push_back(Subscription::to<LinkSession>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const LinkSession& session, std::uint64_t) { host_.run(session_changed(session)); }));
  subscriptions_.push_back(Subscription::to<LinkReset>(
      host_, WhenFull::kCoalesceByKey, 1, [this](const LinkReset&, std::uint64_t) { host_.run(link_was_reset()); }));
  subscriptions_.push_back(Subscription::to<DevicePresence>(
      host_, WhenFull::kCoalesceByKey, kQueue, [this](const DevicePresence& presence, std::uint64_t) {
        if (presence.online_until_us == 0) return;
        const std::lock_guard lock(mutex_);
        due_us_[presence.device_id] = presence.online_until_us;
      }));
  subscriptions_.push_back(Subscription::to<DeviceMessage>(
      host_, WhenFull::kCoalesceByKey, kQueue, [this](const DeviceMessage& message, std::uint64_t) {
        const std::lock_guard lock(mutex_);
        seen_[message.controller_id] = now().us;
      }));
}

Task<void> Presence::session_changed(LinkSession session) {
  if (session.kind != "device") co_return;
  const Timestamp at = now();
  auto writing = repository_.set_online(session.id, at, session.connected ? kForeverUs : 0);
  const Result<void> written = co_await writing;
  if (!written) {
    host_.warn("a device's presence could not be written", {{"device", std::to_string(session.id)}});
    co_return;
  }
  publish(host_, DevicePresence{.device_id = session.id, .is_online = session.connected, .last_seen_us = at.us},
          std::to_string(session.id));
}

Task<void> Presence::link_was_reset() {
  auto writing = repository_.set_all_offline();
  const Result<std::vector<Repository::Seen>> gone = co_await writing;
  if (!gone) co_return host_.warn("devices could not be marked offline", {{"why", gone.error().detail}});
  for (const Repository::Seen& device : *gone) {
    publish(host_, DevicePresence{.device_id = device.device_id, .last_seen_us = device.last_seen_us},
            std::to_string(device.device_id));
  }
}

Task<void> Presence::keep_watching() {
  while (true) {
    auto sleeping = host_.sleep(kWatchMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    std::vector<std::int64_t> overdue = take_overdue();
    if (overdue.empty()) continue;
    auto telling = tell_absent(std::move(overdue));
    co_await telling;
  }
}

std::vector<std::int64_t> Presence::take_overdue() {
  std::vector<std::int64_t> overdue;
  const std::int64_t now_us = now().us;
  const std::lock_guard lock(mutex_);
  for (auto due = due_us_.begin(); due != due_us_.end();) {
    if (due->second > now_us) {
      ++due;
      continue;
    }
    overdue.push_back(due->first);
    due = due_us_.erase(due);
  }
  return overdue;
}

// Those that are not connected either; what the database says counts.
Task<void> Presence::tell_absent(std::vector<std::int64_t> device_ids) {
  auto finding = repository_.find_by_ids(std::move(device_ids));
  const Result<std::vector<Device>> devices = co_await finding;
  if (!devices) co_return;
  for (const Device& device : *devices) {
    if (device.is_online) continue;
    publish(host_, DevicePresence{.device_id = device.id, .last_seen_us = device.last_seen_us},
            std::to_string(device.id));
  }
}

Task<void> Presence::keep_writing() {
  while (true) {
    auto sleeping = host_.sleep(kFlushMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    auto flushing = flush();
    co_await flushing;
  }
}

Task<void> Presence::flush() {
  std::vector<std::pair<std::string, std::int64_t>> seen;
  {
    const std::lock_guard lock(mutex_);
    seen.assign(seen_.begin(), seen_.end());
    seen_.clear();
  }
  constexpr std::size_t kPerBatch = 500;
  for (std::size_t at = 0; at < seen.size(); at += kPerBatch) {
    const auto first = seen.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last = seen.begin() + static_cast<std::ptrdiff_t>(std::min(at + kPerBatch, seen.size()));
    auto writing = repository_.set_seen({first, last});
    const Result<void> written = co_await writing;
    if (!written) host_.warn("when devices were last seen could not be written", {{"why", written.error().detail}});
  }
}

}  // namespace gatetorio::registration
