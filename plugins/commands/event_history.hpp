// The latest events of devices that somebody watches or watched a moment ago, for those who come back. Bounded in
// number and bytes, for each device and in all: the oldest go first. Not thread-safe.
//
// An event's id is its number and a proof that only this history can make, for this device, in this run of the hub:
// nobody can make one up, and one of another device or another run is no id.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gatetorio/secret.hpp"

namespace gatetorio::commands {

class EventHistory {
 public:
  struct Limits {
    std::size_t device_events = 256, device_bytes = 1 << 20;
    std::size_t events = 4096, bytes = 16 << 20;
  };
  struct Event {
    std::int64_t device_id = 0;
    std::uint64_t number = 0;  // counts the events of a device from 1
    std::string type;
    std::string data;
  };

  explicit EventHistory(Limits limits) : limits_(limits) {}

  // From now on the events of the device are kept. No effect where they are already.
  void open(std::int64_t device_id);
  void close(std::int64_t device_id);
  // Null where nobody opened it. Valid until the next call.
  const Event* add(std::int64_t device_id, std::string type, std::string data);
  // Events were lost before they came here: nobody can go on without a gap.
  void lose_all();

  // Of a device that is open.
  std::uint64_t last_number(std::int64_t device_id) const;
  std::string id_of(std::int64_t device_id, std::uint64_t number) const;
  // Nothing where it is no id of this device.
  std::optional<std::uint64_t> number_of(std::int64_t device_id, std::string_view id) const;
  // Whether all events after this one are here.
  bool has_all_after(std::int64_t device_id, std::uint64_t number) const;
  template <class Visit>
  void visit_after(std::int64_t device_id, std::uint64_t number, Visit visit) const {
    for (const auto& event : channels_.at(device_id).events) {
      if (event->number > number) visit(*event);
    }
  }

  std::size_t size() const { return all_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Channel {
    KeyedHash proof_of;  // a number
    std::uint64_t last = 0;
    std::uint64_t lost = 0;  // events up to this one may be missing
    std::deque<std::list<Event>::iterator> events;
    std::size_t bytes = 0;
  };
  void drop_oldest(Channel& channel);

  const Limits limits_;
  std::unordered_map<std::int64_t, Channel> channels_;
  std::list<Event> all_;  // the oldest first
  std::size_t bytes_ = 0;
};

}  // namespace gatetorio::commands
