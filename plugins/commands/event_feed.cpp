#include "event_feed.hpp"

#include <algorithm>
#include <utility>

#include "gatetorio/file_kinds.hpp"

namespace gatetorio::commands {

namespace {

constexpr std::chrono::seconds kCheckEvery(30);
constexpr std::chrono::minutes kKeptUnwatched(10);
constexpr std::size_t kChecksAtOnce = 32;
constexpr int kMostSnapshots = 5;

constexpr const char* kStatus = "status";

bool has_ended(std::int64_t end_us) { return end_us != 0 && end_us <= now().us; }

std::string_view need_of(const Principal& principal) { return principal.kind == "admin" ? "viewer" : "readonly"; }

Error not_yours() { return {.status = Status::kNotFound, .detail = "There is no such device, or it is not yours."}; }

// One line: an event's data must not contain a line end. JSON text has them between tokens only.
std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

}  // namespace

struct EventFeed::Watcher {
  Watcher(Host& host, const Call& call)
      : principal(*call.principal),
        device_id(call.access.resource_id),
        stream(std::make_unique<EventStream>(host, call)),
        number(stream->number()),
        access(call.access) {}
  bool may_hear(const std::optional<std::string>& announced_kind) const {
    return !announced_kind || includes(file_kinds_of(access), *announced_kind);
  }
  bool is_out_of_time() const { return has_ended(access.expires_at_us) || has_ended(principal.valid_until_us); }

  const Principal principal;
  const std::int64_t device_id;
  std::unique_ptr<EventStream> stream;  // null when it has ended
  const std::uint64_t number;
  Access access;
  std::uint64_t after = 0;      // events up to this one are not for this watcher
  bool needs_state = true;      // it begins with the state
  bool is_live = false;         // it has begun
  bool is_checking = true;      // a check is under way
  std::uint64_t questions = 0;  // how often somebody said that its access may have changed
  Clock::time_point checked_at{};
};

Task<Result<std::uint64_t>> EventFeed::watch(Call call, Snapshot snapshot) {
  const WatcherPtr watcher = enter(call);
  co_await ok(check(watcher));
  Error problem{
      .status = Status::kUnavailable, .detail = "Too much happens on this device just now.", .retry_after_s = 1};
  std::string state;
  for (int i = 0; i <= kMostSnapshots; ++i) {
    const Result<bool> has_begun = begin(*watcher, state);
    if (!has_begun) co_return has_begun.error();
    if (*has_begun) co_return watcher->number;
    Result<std::string> read = co_await snapshot(call);
    if (!read) {
      problem = read.error();
      break;
    }
    state = on_one_line(*std::move(read));
  }
  const Watchers alone{watcher};
  end(alone);
  co_return problem;
}

// From here on the watcher hears of every change of rights, and its device's events are kept for it.
EventFeed::WatcherPtr EventFeed::enter(const Call& call) {
  auto watcher = std::make_shared<Watcher>(host_, call);
  const std::lock_guard lock(mutex_);
  history_.open(watcher->device_id);
  watcher->after = history_.last_number(watcher->device_id);
  const auto resumed = history_.number_of(watcher->device_id, call.resume_after);
  if (resumed && history_.has_all_after(watcher->device_id, *resumed)) {
    watcher->after = *resumed;
    watcher->needs_state = false;
  }
  by_device_[watcher->device_id].watchers.push_back(watcher);
  by_principal_.emplace(watcher->principal.who(), watcher);
  return watcher;
}

// Sends the first events. False where a state is needed that is not older than the watcher's place: an empty one never
// is.
Result<bool> EventFeed::begin(Watcher& watcher, const std::string& state) {
  const std::lock_guard lock(mutex_);
  if (!watcher.stream) return not_yours();
  const std::int64_t device = watcher.device_id;
  if (!history_.has_all_after(device, watcher.after)) {
    watcher.after = history_.last_number(device);
    watcher.needs_state = true;
    return false;
  }
  if (watcher.needs_state && state.empty()) return false;
  if (watcher.needs_state) watcher.stream->send(history_.id_of(device, watcher.after), "state", state);
  history_.visit_after(device, watcher.after, [&](const EventHistory::Event& event) {
    const bool is_status = event.type == kStatus;
    if (is_status && !watcher.may_hear(announced_kind(event.data))) return;
    watcher.stream->send(history_.id_of(device, event.number), event.type, event.data);
  });
  watcher.is_live = true;
  return true;
}

void EventFeed::tell(std::int64_t device_id, std::string type, std::string data,
                     const std::optional<std::string>& announced_kind) {
  const std::lock_guard lock(mutex_);
  const EventHistory::Event* event = history_.add(device_id, std::move(type), on_one_line(std::move(data)));
  const auto watched = by_device_.find(device_id);
  if (event == nullptr || watched == by_device_.end() || watched->second.watchers.empty()) return;
  // One text for all: those of the same event are kept once while they wait.
  const std::string text = EventStream::render(history_.id_of(device_id, event->number), event->type, event->data);
  for (const WatcherPtr& watcher : watched->second.watchers) {
    const bool is_for_it = watcher->is_live && !watcher->is_out_of_time() && watcher->may_hear(announced_kind);
    if (is_for_it) watcher->stream->send(text);
  }
}

void EventFeed::status(const DeviceMessage& message, const std::optional<std::string>& announced_kind) {
  tell(message.device_id, kStatus, message.payload, announced_kind);
}

void EventFeed::command(const CommandOutcome& outcome) {
  std::string data = "{\"command_id\":";
  json::append(data, outcome.command_id);
  data.append(",\"state\":");
  json::append(data, outcome.state);
  data.append(",\"at\":");
  json::append(data, Timestamp{outcome.at_us});
  data.push_back('}');
  tell(outcome.device_id, "command", std::move(data));
}

void EventFeed::presence(const DevicePresence& event) {
  std::string data = "{\"is_online\":";
  data.append(event.is_online ? "true" : "false").append(",\"last_seen\":");
  json::append(data, Timestamp{event.last_seen_us});
  data.push_back('}');
  tell(event.device_id, "presence", std::move(data));
}

void EventFeed::events_were_missed() {
  const std::lock_guard lock(mutex_);
  history_.lose_all();
}

// Asks until nothing calls the answer into question. Who may not watch, or cannot be judged, is ended.
Task<Result<void>> EventFeed::check(WatcherPtr watcher) {
  while (true) {
    std::uint64_t questions = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!watcher->stream) co_return not_yours();
      questions = watcher->questions;
    }
    AccessQuery query{watcher->principal, "", std::string(need_of(watcher->principal)), watcher->device_id};
    const Result<Decision> decision = co_await access_.call<AccessControl::Check>(std::move(query));
    if (!decision || !decision->is_allowed) {
      const Watchers alone{watcher};
      end(alone);
      co_return decision ? not_yours() : decision.error();
    }
    const std::lock_guard lock(mutex_);
    if (questions != watcher->questions) continue;
    watcher->access = decision->access;
    watcher->checked_at = Clock::now();
    watcher->is_checking = false;
    co_return Result<void>();
  }
}

void EventFeed::access_changed(const AccessChanged& event) {
  Watchers affected;
  {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = by_principal_.equal_range(PrincipalId{event.kind, event.id});
    for (auto at = first; at != last; ++at) {
      ++at->second->questions;
      if (!std::exchange(at->second->is_checking, true)) affected.push_back(at->second);
    }
  }
  start_checks(std::move(affected));
}

void EventFeed::changes_were_missed() {
  question([](const Watcher&) { return true; });
}

void EventFeed::question(const std::function<bool(const Watcher&)>& is_meant) {
  Watchers affected;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [principal, watcher] : by_principal_) {
      if (!is_meant(*watcher)) continue;
      ++watcher->questions;
      if (!std::exchange(watcher->is_checking, true)) affected.push_back(watcher);
    }
  }
  start_checks(std::move(affected));
}

void EventFeed::start_checks(Watchers list) {
  const auto all = std::make_shared<const Watchers>(std::move(list));
  for (std::size_t share = 0; share < std::min(kChecksAtOnce, all->size()); ++share) host_.run(check_share(all, share));
}

Task<void> EventFeed::check_share(std::shared_ptr<const Watchers> list, std::size_t share) {
  for (std::size_t at = share; at < list->size(); at += kChecksAtOnce) {
    const Result<void> checked = co_await check((*list)[at]);
    static_cast<void>(checked);  // who may not watch has been ended
  }
}

void EventFeed::deleted(const DeviceDeleted& event) {
  Watchers watchers;
  {
    const std::lock_guard lock(mutex_);
    const auto watched = by_device_.find(event.device_id);
    if (watched != by_device_.end()) watchers = watched->second.watchers;
  }
  end(watchers);
}

// Closes their streams. A check of theirs may still be under way.
void EventFeed::end(const Watchers& list) {
  std::vector<std::unique_ptr<EventStream>> streams;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  for (const WatcherPtr& watcher : list) {
    if (!watcher->stream) continue;
    streams.push_back(std::move(watcher->stream));
    Watched& watched = by_device_[watcher->device_id];
    std::erase(watched.watchers, watcher);
    watched.left_at = Clock::now();
    const auto [first, last] = by_principal_.equal_range(watcher->principal.who());
    const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == watcher; });
    if (found != last) by_principal_.erase(found);
  }
}

template <class Condition>
void EventFeed::end_where(Condition condition) {
  Watchers meant;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [principal, watcher] : by_principal_) {
      if (condition(*watcher)) meant.push_back(watcher);
    }
  }
  end(meant);
}

void EventFeed::forget_unwatched() {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  std::erase_if(by_device_, [&](const auto& entry) {
    const bool is_over = entry.second.watchers.empty() && now - entry.second.left_at > kKeptUnwatched;
    if (is_over) history_.close(entry.first);
    return is_over;
  });
}

void EventFeed::tidy() {
  end_where([](const Watcher& watcher) { return !watcher.stream->is_open() || watcher.is_out_of_time(); });
  question([now = Clock::now()](const Watcher& watcher) {
    return !watcher.is_checking && now - watcher.checked_at > kCheckEvery;
  });
  forget_unwatched();
}

void EventFeed::end_all() {
  end_where([](const Watcher&) { return true; });
}

}  // namespace gatetorio::commands
