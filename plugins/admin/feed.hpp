// GET /admin/events: what happens in the hub, as it happens. A browser that lost the stream loads what it shows anew,
// so nothing is kept here for it. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "overview.hpp"

namespace gatetorio::admin {

class Feed {
 public:
  // Who this principal is now. Errors: kNotFound where it is none any more.
  using Current = std::function<Task<Result<Principal>>(Principal)>;

  Feed(Host& host, Overview& overview, Current current)
      : host_(host), overview_(overview), current_(std::move(current)) {}

  // The stream begins with `health`.
  Task<Result<Reply<Nothing>>> watch(Call call, Nothing input);
  // To all who watch. `data`: a JSON object on one line.
  void tell(std::string_view type, std::string_view data);
  // Ends the streams of this principal that it may not have any more.
  void access_changed(const AccessChanged& event);
  // Ends streams whose credential has ended by the clock. To be called every kLook.
  static constexpr std::chrono::milliseconds kLook{500};
  void end_over();
  // Asks whether they may still watch: another hub may have ended the session, or removed the admin, and nobody tells
  // this one. To be called every kCheck: few watch, and each is one look-up.
  static constexpr std::chrono::seconds kCheck{1};
  void check_all();
  // Tells `health` where somebody watches. To be called every kHealth.
  static constexpr std::chrono::seconds kHealth{5};
  Task<Result<void>> tell_health();
  void end_all();

 private:
  struct Watcher {
    Watcher(Host& host, const Call& call) : principal(*call.principal), stream(host, call) {}
    const Principal principal;
    EventStream stream;
  };
  using WatcherPtr = std::shared_ptr<Watcher>;

  // False where its right is gone: then its stream has ended.
  Task<bool> check(WatcherPtr watcher);
  Task<void> check_soon(WatcherPtr watcher);
  void remove(const WatcherPtr& watcher);
  std::list<WatcherPtr> take_where(const std::function<bool(const Watcher&)>& is_over);

  Host& host_;
  Overview& overview_;
  const Current current_;
  std::mutex mutex_;  // guards what follows
  std::list<WatcherPtr> watchers_;
  std::uint64_t last_id_ = 0;
};

}  // namespace gatetorio::admin
