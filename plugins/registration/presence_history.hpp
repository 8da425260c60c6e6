// When devices were online, how that was known, and why it ended. Gathered in memory and written every second, many at
// a time: what devices send writes nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "presence_book.hpp"
#include "repository.hpp"

namespace gatetorio::registration {

// Usable from any thread. The book must outlive it.
class PresenceHistory {
 public:
  PresenceHistory(Host& host, Repository& repository, PresenceBook& book)
      : host_(host), repository_(repository), book_(book) {}

  // Something that may change whether the device is online has been brought to the book, which has the say. `via` and
  // `ended_by`: literals; why it is online, or no more, where this changed it.
  void settle(std::int64_t device_id, Moment at, std::string_view via, std::string_view ended_by);
  // The device is gone.
  void forget(std::int64_t device_id);

  // Writes what there is, and that the hub lives; the first time, ends what an earlier run left open. Every kWrite, one
  // at a time; nothing while flush() is at it.
  static constexpr std::chrono::seconds kWrite{1};
  Task<void> write();
  // The same, after what is being written already.
  Task<void> flush();

 private:
  struct Open {
    std::int64_t begun_at_us = 0;
    std::string_view via;
  };
  using Key = std::pair<std::int64_t, std::int64_t>;  // device and beginning
  using Periods = std::map<Key, PresencePeriod>;

  bool begin_writing();
  Task<bool> write_due();
  Task<bool> end_what_was_left();
  std::vector<PresencePeriod> take_due();
  void put_back(const std::vector<PresencePeriod>& periods);
  void note(const PresencePeriod& period);
  void rise();

  Host& host_;
  Repository& repository_;
  PresenceBook& book_;
  std::mutex mutex_;  // guards all below
  std::unordered_map<std::int64_t, Open> open_;
  Periods due_;
  Key last_taken_;
  std::int64_t dropped_ = 0;  // since the log said so
  bool is_writing_ = false;
  bool has_ended_left_ = false, is_failing_ = false, is_alive_ = false;  // the writer's alone
  Timestamp alive_at_;                                                   // that was written last; the writer's alone
};

}  // namespace gatetorio::registration
