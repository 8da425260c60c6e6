// Live events of devices for those who watch them. A stream belongs to a device by its id, and to a principal who may
// watch: that is judged after the stream has entered the list here, so that no change of rights slips by, again at each
// such change, and now and then without one. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "event_history.hpp"
#include "gatetorio/device_link.hpp"
#include "gatetorio/devices.hpp"
#include "gatetorio/operations.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio::commands {

class EventFeed {
 public:
  // The present state of the call's device, as a JSON object.
  using Snapshot = std::function<Task<Result<std::string>>(Call)>;

  explicit EventFeed(Host& host) : host_(host), access_(host, AccessControl::kId) {}

  // A stream of the events of the device on which the call was authorised (its id). It goes on after the event that the
  // call names, where all since are here; else it begins with `state`. Gives the stream's number. Errors: kNotFound for
  // who may not watch; kUnavailable; those of `snapshot`.
  Task<Result<std::uint64_t>> watch(Call call, Snapshot snapshot);

  // `announced_kind`: of the file that it announces, if it does; only those hear it who may have such files.
  void status(const DeviceMessage& message, const std::optional<std::string>& announced_kind);
  void command(const CommandOutcome& outcome);
  void presence(const DevicePresence& event);
  // Some of these did not come: nobody goes on without a gap.
  void events_were_missed();

  // Asks again what this principal may do, and ends the streams of those who may not watch.
  void access_changed(const AccessChanged& event);
  // The same for all: some changes, or deletions, were not told.
  void changes_were_missed();
  void deleted(const DeviceDeleted& event);
  // Forgets streams that ended, ends those whose access has expired, and asks again about each every half minute. To be
  // called every kTidy.
  static constexpr std::chrono::milliseconds kTidy{500};
  void tidy();
  void end_all();

 private:
  using Clock = std::chrono::steady_clock;
  struct Watcher;
  using WatcherPtr = std::shared_ptr<Watcher>;
  using Watchers = std::vector<WatcherPtr>;
  struct Watched {
    Watchers watchers;
    Clock::time_point left_at;  // by the last of them
  };

  WatcherPtr enter(const Call& call);
  Task<Result<void>> check(WatcherPtr watcher);
  Task<void> check_share(std::shared_ptr<const Watchers> list, std::size_t share);
  void question(const std::function<bool(const Watcher&)>& is_meant);
  void start_checks(Watchers list);
  Result<bool> begin(Watcher& watcher, const std::string& state);
  void tell(std::int64_t device_id, std::string type, std::string data,
            const std::optional<std::string>& announced_kind = std::nullopt);
  void end(const Watchers& list);
  template <class Condition>
  void end_where(Condition condition);
  void forget_unwatched();

  Host& host_;
  ServiceClient access_;
  std::mutex mutex_;  // guards all below, and the watchers
  std::unordered_map<std::int64_t, Watched> by_device_;
  std::multimap<PrincipalId, WatcherPtr> by_principal_;
  EventHistory history_{{}};
};

}  // namespace gatetorio::commands
