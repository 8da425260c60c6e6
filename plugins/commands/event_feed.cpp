#include "event_feed.hpp"

#include <algorithm>
#include <charconv>

namespace gatetorio::commands {

namespace {

constexpr std::size_t kKept = 4096;
constexpr std::uint64_t kTidyMs = 500;

bool has_expired(const Access& access) { return access.expires_at_us != 0 && access.expires_at_us <= now().us; }

// One line: an event's data must not contain a line end. JSON text has them between tokens only.
std::string on_one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

}  // namespace

// Numbers grow over restarts too: they follow the clock.
std::uint64_t EventFeed::next_id() {
  last_id_ = std::max(last_id_ + 1, static_cast<std::uint64_t>(now().us));
  return last_id_;
}

std::uint64_t EventFeed::watch(const Call& call, const std::string& snapshot) {
  auto watcher = std::make_shared<Watcher>();
  watcher->principal = *call.principal;
  watcher->access = call.access;
  watcher->stream = std::make_unique<EventStream>(host_, call);
  const std::lock_guard lock(mutex_);
  std::uint64_t after = 0;
  const std::string& text = call.resume_after;
  std::from_chars(text.data(), text.data() + text.size(), after);
  const bool can_resume = after != 0 && !recent_.empty() && recent_.front().id <= after && after <= last_id_;
  if (!can_resume) {
    watcher->stream->send(std::to_string(next_id()), "state", on_one_line(snapshot));
  } else {
    for (const Event& event : recent_) {
      const bool is_its = event.device_id == call.access.resource_id || event.controller_id == call.access.resource;
      if (event.id > after && is_its) watcher->stream->send(std::to_string(event.id), event.type, event.data);
    }
  }
  const std::uint64_t number = watcher->stream->number();
  watchers_.push_back(std::move(watcher));
  return number;
}

void EventFeed::tell(std::int64_t device_id, const std::string& controller_id, std::string type, std::string data) {
  const std::lock_guard lock(mutex_);
  Event event{next_id(), device_id, controller_id, std::move(type), on_one_line(std::move(data))};
  const std::string id = std::to_string(event.id);
  for (const auto& watcher : watchers_) {
    const bool is_its = (device_id != 0 && watcher->access.resource_id == device_id) ||
                        (!controller_id.empty() && watcher->access.resource == controller_id);
    if (is_its && !has_expired(watcher->access)) watcher->stream->send(id, event.type, event.data);
  }
  recent_.push_back(std::move(event));
  if (recent_.size() > kKept) recent_.pop_front();
}

void EventFeed::status(const DeviceMessage& message) { tell(0, message.controller_id, "status", message.payload); }

void EventFeed::presence(const DevicePresence& event) {
  std::string data = "{\"is_online\":";
  data.append(event.is_online ? "true" : "false").append(",\"last_seen\":");
  json::append(data, Timestamp{event.last_seen_us});
  data.push_back('}');
  tell(event.device_id, "", "presence", std::move(data));
}

void EventFeed::renamed(const DeviceRenamed& event) {
  const std::lock_guard lock(mutex_);
  for (const auto& watcher : watchers_) {
    if (watcher->access.resource_id == event.device_id) watcher->access.resource = event.controller_id;
  }
}

template <class Condition>
void EventFeed::end_where(Condition condition) {
  std::vector<std::shared_ptr<Watcher>> ended;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  const auto first = std::stable_partition(watchers_.begin(), watchers_.end(),
                                           [&](const auto& watcher) { return !condition(*watcher); });
  ended.assign(std::make_move_iterator(first), std::make_move_iterator(watchers_.end()));
  watchers_.erase(first, watchers_.end());
}

void EventFeed::deleted(const DeviceDeleted& event) {
  end_where([&](const Watcher& watcher) { return watcher.access.resource_id == event.device_id; });
}

void EventFeed::access_changed(const AccessChanged& event) {
  std::vector<std::pair<Principal, std::string>> affected;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& watcher : watchers_) {
      if (watcher->principal.kind == event.kind && watcher->principal.id == event.id) {
        affected.emplace_back(watcher->principal, watcher->access.resource);
      }
    }
  }
  for (auto& [principal, controller_id] : affected) host_.run(recheck(principal, controller_id));
}

Task<void> EventFeed::recheck(Principal principal, std::string controller_id) {
  auto checking = access_.call<AccessControl::Check>(AccessQuery{principal, controller_id, "readonly"});
  const Result<Decision> decision = co_await checking;
  if (decision && decision->is_allowed) {
    const std::lock_guard lock(mutex_);
    for (const auto& watcher : watchers_) {
      if (watcher->principal == principal && watcher->access.resource == controller_id) watcher->access = decision->access;
    }
    co_return;
  }
  // Also where nobody can tell: closed.
  end_where([&](const Watcher& watcher) {
    return watcher.principal == principal && watcher.access.resource == controller_id;
  });
}

Task<void> EventFeed::keep_tidy() {
  while (true) {
    auto sleeping = host_.sleep(kTidyMs);
    const bool go_on = co_await sleeping;
    if (!go_on) break;
    end_where([](const Watcher& watcher) { return !watcher.stream->is_open() || has_expired(watcher.access); });
  }
  end_where([](const Watcher&) { return true; });
}

}  // namespace gatetorio::commands
