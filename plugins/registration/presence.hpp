// Who is there: what the broker, messages and heartbeats tell, kept in a book and written down by one writer, so that
// it survives a restart and the newest state is what stays. Coming and going is written at once and again until it is;
// "last seen" of chatty devices is gathered and written every few seconds.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "gatetorio/device_link.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/services.hpp"
#include "other_hubs.hpp"
#include "presence_book.hpp"
#include "presence_history.hpp"
#include "repository.hpp"
#include "types.hpp"

namespace gatetorio::registration {

class Presence {
 public:
  Presence(Host& host, Repository& repository, std::chrono::seconds heartbeat_timeout)
      : host_(host),
        repository_(repository),
        link_(host, DeviceLink::kId),
        heartbeat_timeout_(heartbeat_timeout),
        book_(heartbeat_timeout),
        history_(host, repository, book_),
        other_hubs_(host, repository, [this](const std::vector<LastSeen>& left) { left_by_dead_hub(left); }) {}

  void subscribe();
  // In start(), until the hub stops: takes up heartbeats that an earlier run has heard, so that their ends are noticed;
  // tells of devices whose heartbeats have stopped, within a second; writes what is gathered, and when devices were
  // online; takes over what other hubs leave that have died. `hub`: the id of this one.
  void begin(std::string hub);
  // Writes what there is of that.
  Task<void> flush_history() { return history_.flush(); }
  // The connections of an earlier run live on: takes up at most 500 devices after this one. Their ids; none: that was
  // all. Errors: those of the storage.
  Task<Result<std::vector<std::int64_t>>> keep_connected(std::int64_t after);
  // Writes what there is. Comes back when that is done, or cannot be.
  Task<void> flush();
  // Writes who came and went, so that the columns say who is online: 0 for everybody who is not. Does not wait for a
  // storage that is away.
  Task<void> settle();

  // The call's device lives; it is written when this answers. Errors: kNotFound, those of the storage.
  Task<Result<HeartbeatOutput>> heartbeat(Call call, DeviceRef);
  // The device is gone.
  void forget(std::int64_t device_id);
  // A device as it is now.
  Device shown(StoredDevice stored) const { return book_.shown(std::move(stored), this_moment()); }

 private:
  Task<void> restore();
  void tell_of_overdue();
  void session_changed(const LinkSession& session, std::uint64_t sequence);
  void link_was_reset(const LinkReset& reset, std::uint64_t sequence);
  void left_by_dead_hub(const std::vector<LastSeen>& left);
  void write_and_tell(gtr_completion done, bool not_away);
  void write_soon();
  Task<void> write_changes();
  Task<bool> write(PresenceChange change);
  void give_up();
  void read_soon();
  Task<void> read_anew();
  Task<Result<std::int64_t>> read_page(std::int64_t after);
  Task<Result<void>> ask(StoredDevice stored);
  void tell(std::int64_t device_id, bool is_online, std::int64_t last_seen_us, std::int64_t online_until_us = 0) const;

  Host& host_;
  Repository& repository_;
  ServiceClient link_;
  const std::chrono::seconds heartbeat_timeout_;
  PresenceBook book_;
  PresenceHistory history_;
  OtherHubs other_hubs_;
  std::mutex mutex_;  // guards the next four
  bool is_writing_ = false, has_more_ = false, is_pausing_ = false, has_given_up_ = false;
  std::vector<gtr_completion> flushing_;
  bool is_failing_ = false;  // the writer's alone
  std::atomic<int> readings_wanted_{0};
  std::vector<Subscription> subscriptions_;
};

}  // namespace gatetorio::registration
