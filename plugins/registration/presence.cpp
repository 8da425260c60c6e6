#include "presence.hpp"

namespace gatetorio::registration {

namespace {

constexpr std::uint64_t kFlushMs = 5'000;
constexpr std::uint32_t kQueue = 100'000;  // every device of a large hub coming back at once

}  // namespace

void Presence::subscribe() {
  // Of several changes of one device only the last counts.
  subscriptions_.push_back(Subscription::to<LinkSession>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const LinkSession& session, std::uint64_t) { host_.run(session_changed(session)); }));
  subscriptions_.push_back(Subscription::to<LinkReset>(
      host_, WhenFull::kCoalesceByKey, 1, [this](const LinkReset&, std::uint64_t) { host_.run(link_was_reset()); }));
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
  const Result<void> written = co_await writing;
  if (!written) host_.warn("devices could not be marked offline");
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
