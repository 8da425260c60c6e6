#include "presence_book.hpp"

#include <algorithm>
#include <utility>

namespace gatetorio::registration {

namespace {

std::int64_t microseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

PresenceBook::Entry& PresenceBook::change(std::int64_t device_id, std::int64_t last_seen_us) {
  Entry& entry = entries_[device_id];
  entry.last_seen_us = last_seen_us;
  ++entry.changes;
  return entry;
}

void PresenceBook::set_alive(std::int64_t device_id, Entry& entry, Steady until) {
  if (entry.alive_until != kNever) deadlines_.erase({entry.alive_until, device_id});
  entry.alive_until = until;
  if (until != kNever) deadlines_.insert({until, device_id});
}

void PresenceBook::set_connected(std::int64_t device_id, bool is_connected, std::int64_t last_seen_us) {
  Entry& entry = change(device_id, last_seen_us);
  entry.is_known = true;
  entry.is_connected = is_connected;
  if (!is_connected) set_alive(device_id, entry, kNever);
  due_.insert(device_id);
}

bool PresenceBook::session(std::int64_t device_id, bool is_connected, std::uint64_t sequence, Moment at) {
  const std::lock_guard lock(mutex_);
  if (sequence < last_reset_) return false;
  set_connected(device_id, is_connected, at.wall.us);
  entries_[device_id].sequence = sequence;
  return true;
}

void PresenceBook::heartbeat(std::int64_t device_id, Moment at, gtr_completion written) {
  const std::lock_guard lock(mutex_);
  Entry& entry = change(device_id, at.wall.us);
  entry.is_known = true;
  set_alive(device_id, entry, at.steady + heartbeat_timeout_);
  entry.waiting.push_back(written);
  due_.insert(device_id);
}

void PresenceBook::restore(const StoredDevice& stored, Moment at) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[stored.device.id];
  if (entry.is_known) return;
  entry.last_seen_us = std::max(entry.last_seen_us, stored.device.last_seen_us);
  entry.is_known = true;
  ++entry.changes;
  if (!is_online(stored, at)) return void(due_.insert(stored.device.id));  // its column shall say so
  set_alive(stored.device.id, entry, at.steady + std::chrono::microseconds(stored.online_until_us - at.wall.us));
}

bool PresenceBook::keep(const StoredDevice& stored) {
  const std::lock_guard lock(mutex_);
  const bool is_connected = stored.online_until_us == kForeverUs && stored.is_held_here;
  if (!is_connected || last_reset_ != 0 || entries_[stored.device.id].is_known) return false;
  Entry& entry = entries_[stored.device.id];
  entry.last_seen_us = std::max(entry.last_seen_us, stored.device.last_seen_us);
  entry.is_known = entry.is_connected = true;
  ++entry.changes;
  return true;
}

bool PresenceBook::write_again(std::int64_t device_id, Moment at) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(device_id);
  if (found == entries_.end() || !found->second.is_known) return false;
  due_.insert(device_id);
  return found->second.is_connected || found->second.alive_until > at.steady;
}

void PresenceBook::write_all_again() {
  const std::lock_guard lock(mutex_);
  for (const auto& [device_id, entry] : entries_) {
    if (entry.is_known) due_.insert(device_id);
  }
}

void PresenceBook::message(std::int64_t device_id, Moment at) {
  const std::lock_guard lock(mutex_);
  entries_[device_id].last_seen_us = at.wall.us;
  heard_.insert(device_id);
}

std::vector<LastSeen> PresenceBook::reset(std::uint64_t sequence) {
  std::vector<LastSeen> left;
  const std::lock_guard lock(mutex_);
  is_reset_due_ = true;
  last_reset_ = sequence;
  for (auto& [device_id, entry] : entries_) {
    if (!entry.is_connected) continue;
    if (entry.sequence > sequence) {  // the reset was overtaken, and would be written after it
      due_.insert(device_id);
      continue;
    }
    entry.is_connected = false;
    ++entry.changes;
    set_alive(device_id, entry, kNever);
    left.push_back({device_id, entry.last_seen_us});
  }
  return left;
}

std::vector<gtr_completion> PresenceBook::forget(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(device_id);
  if (found == entries_.end()) return {};
  std::vector<gtr_completion> waiting = std::move(found->second.waiting);
  erase(found);
  return waiting;
}

PresenceBook::Entries::iterator PresenceBook::erase(Entries::iterator entry) {
  set_alive(entry->first, entry->second, kNever);
  due_.erase(entry->first);
  heard_.erase(entry->first);
  return entries_.erase(entry);
}

std::vector<LastSeen> PresenceBook::take_overdue(Moment at) {
  std::vector<LastSeen> overdue;
  const std::lock_guard lock(mutex_);
  while (!deadlines_.empty() && deadlines_.begin()->first <= at.steady) {
    const std::int64_t device_id = deadlines_.begin()->second;
    Entry& entry = entries_.at(device_id);
    set_alive(device_id, entry, kNever);
    if (entry.is_connected) continue;
    ++entry.changes;
    due_.insert(device_id);
    overdue.push_back({device_id, entry.last_seen_us});
  }
  return overdue;
}

// The column counts as far as it can be true: an end that lies further ahead than a heartbeat reaches was written
// before the clock was set back.
bool PresenceBook::is_online(const StoredDevice& stored, Moment at) const {
  if (stored.online_until_us == kForeverUs) return !stored.is_held_here || (!is_reset_due_ && !is_reset_under_way_);
  const std::int64_t left = stored.online_until_us - at.wall.us;
  return left > 0 && left <= microseconds(heartbeat_timeout_);
}

Device PresenceBook::shown(StoredDevice stored, Moment at) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(stored.device.id);
  const bool is_known = found != entries_.end() && found->second.is_known;
  stored.device.is_online =
      is_known ? found->second.is_connected || found->second.alive_until > at.steady : is_online(stored, at);
  if (found != entries_.end()) {
    stored.device.last_seen_us = std::max(stored.device.last_seen_us, found->second.last_seen_us);
  }
  return std::move(stored.device);
}

void PresenceBook::gather() {
  const std::lock_guard lock(mutex_);
  due_.merge(heard_);
  heard_.clear();
}

PresenceRow PresenceBook::row_of(std::int64_t device_id, Entry& entry, Moment at) const {
  PresenceRow row{.device_id = device_id, .last_seen_us = entry.last_seen_us};
  if (entry.is_known) {
    const auto left = entry.alive_until > at.steady ? microseconds(entry.alive_until - at.steady) : 0;
    row.online_until_us = entry.is_connected ? kForeverUs : left > 0 ? at.wall.us + left : 0;
  }
  row.waiting = std::exchange(entry.waiting, {});
  return row;
}

PresenceChange PresenceBook::take(std::size_t most, Moment at) {
  const std::lock_guard lock(mutex_);
  PresenceChange change{.has_reset = std::exchange(is_reset_due_, false), .rows = {}};
  is_reset_under_way_ = change.has_reset;
  while (change.rows.size() < most && !due_.empty()) {
    auto next = due_.upper_bound(last_taken_);  // in turn, so that nobody waits for ever
    if (next == due_.end()) next = due_.begin();
    const std::int64_t device_id = last_taken_ = *next;
    due_.erase(next);
    Entry& entry = entries_.at(device_id);
    entry.is_under_way = true;
    change.rows.push_back(row_of(device_id, entry, at));
  }
  return change;
}

bool PresenceBook::is_needed(std::int64_t device_id, const Entry& entry, Moment at) const {
  return entry.is_connected || entry.alive_until > at.steady || entry.is_under_way || !entry.waiting.empty() ||
         due_.contains(device_id) || heard_.contains(device_id);
}

void PresenceBook::written(const PresenceChange& change, Moment at) {
  const std::lock_guard lock(mutex_);
  is_reset_under_way_ = false;
  const bool may_forget = holders_ == 0 && !is_reset_due_;
  for (const PresenceRow& row : change.rows) {
    const auto found = entries_.find(row.device_id);
    if (found == entries_.end()) continue;
    found->second.is_under_way = false;
    if (may_forget && !is_needed(row.device_id, found->second, at)) erase(found);
  }
  if (!change.has_reset || !may_forget) return;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    entry = is_needed(entry->first, entry->second, at) ? std::next(entry) : erase(entry);
  }
}

void PresenceBook::failed(const PresenceChange& change) {
  const std::lock_guard lock(mutex_);
  is_reset_under_way_ = false;
  is_reset_due_ = is_reset_due_ || change.has_reset;
  for (const PresenceRow& row : change.rows) {
    const auto found = entries_.find(row.device_id);
    if (found == entries_.end()) continue;
    found->second.is_under_way = false;
    due_.insert(row.device_id);
  }
}

void PresenceBook::hold() {
  const std::lock_guard lock(mutex_);
  ++holders_;
}

void PresenceBook::release(Moment at) {
  const std::lock_guard lock(mutex_);
  if (--holders_ > 0 || is_reset_due_ || is_reset_under_way_) return;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    entry = is_needed(entry->first, entry->second, at) ? std::next(entry) : erase(entry);
  }
}

std::uint64_t PresenceBook::changes(std::int64_t device_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(device_id);
  return found == entries_.end() ? 0 : found->second.changes;
}

bool PresenceBook::correct(const StoredDevice& stored, bool is_connected, std::uint64_t changes, Moment at) {
  const std::int64_t device_id = stored.device.id;
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(device_id);
  const std::uint64_t present = found == entries_.end() ? 0 : found->second.changes;
  const bool is_known = found != entries_.end() && found->second.is_known;
  // Another hub's word for a device that is connected there is nothing that this one could correct.
  const bool was_connected =
      is_known ? found->second.is_connected : stored.online_until_us == kForeverUs && stored.is_held_here;
  if (present != changes || was_connected == is_connected) return false;
  const std::int64_t seen_us = std::max(stored.device.last_seen_us, is_known ? found->second.last_seen_us : 0);
  set_connected(device_id, is_connected, is_connected ? at.wall.us : seen_us);
  return true;
}

std::size_t PresenceBook::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace gatetorio::registration
