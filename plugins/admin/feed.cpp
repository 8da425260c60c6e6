#include "feed.hpp"

#include <algorithm>
#include <vector>

namespace gatetorio::admin {

namespace {

bool has_ended(const Principal& principal) {
  return principal.valid_until_us != 0 && principal.valid_until_us <= now().us;
}

}  // namespace

Task<Result<Reply<Nothing>>> Feed::watch(Call call, Nothing) {
  const auto watcher = std::make_shared<Watcher>(host_, call);
  {
    const std::lock_guard lock(mutex_);
    watchers_.push_back(watcher);
  }
  const bool may_watch = co_await check(watcher);  // between the call's own check and its entry its right may have gone
  if (!may_watch) co_return Error{.status = Status::kForbidden, .detail = "You may not do this."};
  const OverviewOutput overview = co_await ok(overview_.read());
  const std::string health = json::write(overview);
  watcher->stream.send("0", "health", health);
  Reply<Nothing> reply(Nothing{});
  reply.stream = watcher->stream.number();
  co_return reply;
}

void Feed::tell(std::string_view type, std::string_view data) {
  const std::lock_guard lock(mutex_);
  if (watchers_.empty()) return;
  const std::string text = EventStream::render(std::to_string(++last_id_), type, data);
  for (const WatcherPtr& watcher : watchers_) {
    if (!has_ended(watcher->principal)) watcher->stream.send(text);
  }
}

void Feed::access_changed(const AccessChanged& event) {
  if (event.kind != "admin") return;
  std::vector<WatcherPtr> meant;
  {
    const std::lock_guard lock(mutex_);
    std::copy_if(watchers_.begin(), watchers_.end(), std::back_inserter(meant),
                 [&event](const WatcherPtr& watcher) { return watcher->principal.id == event.id; });
  }
  for (WatcherPtr& watcher : meant) host_.run(check_soon(std::move(watcher)));
}

Task<bool> Feed::check(WatcherPtr watcher) {
  const Result<Principal> current = co_await current_(watcher->principal);
  const bool is_gone = !current && current.error().status == Status::kNotFound;
  if (is_gone) remove(watcher);
  co_return !is_gone;
}

Task<void> Feed::check_soon(WatcherPtr watcher) {
  const bool may_watch = co_await check(std::move(watcher));
  static_cast<void>(may_watch);
}

void Feed::remove(const WatcherPtr& watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.remove(watcher);
}

// Takes out whom `is_over` says; their streams end with the list, without the lock.
std::list<Feed::WatcherPtr> Feed::take_where(const std::function<bool(const Watcher&)>& is_over) {
  std::list<WatcherPtr> taken;
  const std::lock_guard lock(mutex_);
  for (auto watcher = watchers_.begin(); watcher != watchers_.end();) {
    const auto next = std::next(watcher);
    if (is_over(**watcher)) taken.splice(taken.end(), watchers_, watcher);
    watcher = next;
  }
  return taken;
}

void Feed::end_over() {
  take_where([](const Watcher& watcher) { return !watcher.stream.is_open() || has_ended(watcher.principal); });
}

void Feed::end_all() {
  take_where([](const Watcher&) { return true; });
}

void Feed::check_all() {
  std::list<WatcherPtr> all;
  {
    const std::lock_guard lock(mutex_);
    all = watchers_;
  }
  for (WatcherPtr& watcher : all) host_.run(check_soon(std::move(watcher)));
}

Task<Result<void>> Feed::tell_health() {
  bool is_anybody_there = false;
  {
    const std::lock_guard lock(mutex_);
    is_anybody_there = !watchers_.empty();
  }
  if (!is_anybody_there) co_return Result<void>();
  const OverviewOutput health = co_await ok(overview_.read());
  tell("health", json::write(health));
  co_return Result<void>();
}

}  // namespace gatetorio::admin
