// What is known of presence, in memory: it decides who is online. The columns of the devices are a cache of it, for
// devices of which nothing is known here and for the time after a restart.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "gatetorio/abi/base.h"
#include "gatetorio/devices.hpp"
#include "gatetorio/time.hpp"

namespace gatetorio::registration {

// A device with what its column says: kForeverUs while it is connected, the end of its last heartbeat, or 0.
struct StoredDevice {
  Device device;
  std::int64_t online_until_us = 0;
  bool is_held_here = true;  // this hub wrote that, not another one on the same database
};

// Both clocks at one moment. How long something took is told by the steady one alone.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  Timestamp wall;
};
inline Moment this_moment() { return {std::chrono::steady_clock::now(), now()}; }

struct LastSeen {
  std::int64_t device_id = 0;
  std::int64_t last_seen_us = 0;
};

struct PresenceRow {
  std::int64_t device_id = 0;
  std::optional<std::int64_t> online_until_us = {};  // empty: it was only heard of
  std::int64_t last_seen_us = 0;
  std::vector<gtr_completion> waiting = {};  // to be fired when it is written, or cannot be
};

// What shall be written together: first, where has_reset, that nobody is connected here.
struct PresenceChange {
  bool has_reset = false;
  std::vector<PresenceRow> rows;
  bool empty() const { return !has_reset && rows.empty(); }
};

// Usable from any thread. One change at a time is under way: take(), then written() or failed().
class PresenceBook {
 public:
  explicit PresenceBook(std::chrono::seconds heartbeat_timeout) : heartbeat_timeout_(heartbeat_timeout) {}

  // A session with the broker began or ended; with its end the device is offline, whatever its heartbeats said. False:
  // that was before the last reset, and is no news. `sequence`: the event's.
  bool session(std::int64_t device_id, bool is_connected, std::uint64_t sequence, Moment at);
  // Alive from now on for the heartbeat's timeout. `written` fires once.
  void heartbeat(std::int64_t device_id, Moment at, gtr_completion written);
  // It was heard of. Written with the next gather().
  void message(std::int64_t device_id, Moment at);
  // Nobody was connected when this was told; sessions that began after it stay. Those that were, by this book.
  std::vector<LastSeen> reset(std::uint64_t sequence);
  // At the start: until when a heartbeat keeps a device online that an earlier run has heard. What is known counts
  // more.
  void restore(const StoredDevice& stored, Moment at);
  // A connection of an earlier run lives on. False where more is known of the device, or a reset says otherwise.
  bool keep(const StoredDevice& stored);
  // Somebody else has changed the columns: what is known here shall be written again. Whether it is online by that.
  bool write_again(std::int64_t device_id, Moment at);
  void write_all_again();
  // The device is gone. Who waited for it.
  std::vector<gtr_completion> forget(std::int64_t device_id);
  // Those whose heartbeats have stopped and who are not connected.
  std::vector<LastSeen> take_overdue(Moment at);

  // With is_online filled in, and last_seen_us where this book knows it better.
  Device shown(StoredDevice stored, Moment at) const;

  // What was heard of shall be written too.
  void gather();
  // What has changed, in its newest state, at most `most` rows. Empty where nothing did; then nothing is under way.
  PresenceChange take(std::size_t most, Moment at);
  void written(const PresenceChange& change, Moment at);
  void failed(const PresenceChange& change);

  // Looking up anew who is connected: between hold() and release() nothing is forgotten, so that an answer that was
  // overtaken by a change is known by the number of changes.
  void hold();
  void release(Moment at);
  std::uint64_t changes(std::int64_t device_id) const;
  // False where that changes nothing, or has changed since.
  bool correct(const StoredDevice& stored, bool is_connected, std::uint64_t changes, Moment at);

  std::size_t size() const;

 private:
  using Steady = std::chrono::steady_clock::time_point;
  static constexpr Steady kNever = Steady::min();
  struct Entry {
    bool is_known = false;  // the next two are; else the column has the say
    bool is_connected = false;
    Steady alive_until = kNever;  // by heartbeats
    std::int64_t last_seen_us = 0;
    std::uint64_t sequence = 0;  // of the event that told of the connection
    std::uint64_t changes = 0;
    bool is_under_way = false;
    std::vector<gtr_completion> waiting = {};
  };
  using Entries = std::map<std::int64_t, Entry>;

  Entry& change(std::int64_t device_id, std::int64_t last_seen_us);
  void set_connected(std::int64_t device_id, bool is_connected, std::int64_t last_seen_us);
  void set_alive(std::int64_t device_id, Entry& entry, Steady until);
  bool is_online(const StoredDevice& stored, Moment at) const;
  PresenceRow row_of(std::int64_t device_id, Entry& entry, Moment at) const;
  bool is_needed(std::int64_t device_id, const Entry& entry, Moment at) const;
  Entries::iterator erase(Entries::iterator entry);

  const std::chrono::seconds heartbeat_timeout_;
  mutable std::mutex mutex_;  // guards all below
  Entries entries_;
  std::set<std::int64_t> due_;                           // to be written at once
  std::set<std::int64_t> heard_;                         // to be written with the next gather()
  std::set<std::pair<Steady, std::int64_t>> deadlines_;  // of heartbeats
  std::int64_t last_taken_ = 0;
  std::uint64_t last_reset_ = 0;  // its sequence
  bool is_reset_due_ = false, is_reset_under_way_ = false;
  int holders_ = 0;
};

}  // namespace gatetorio::registration
