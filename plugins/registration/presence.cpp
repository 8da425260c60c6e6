#include "presence.hpp"

#include <algorithm>

namespace gatetorio::registration {

namespace {

constexpr std::chrono::milliseconds kGather{5'000}, kWatch{500};
constexpr std::uint64_t kFirstPauseMs = 100, kLongestPauseMs = 5'000;  // between attempts
constexpr std::uint32_t kQueue = 100'000;  // every device of a large hub coming back at once
constexpr std::size_t kRowsPerBatch = 500;
constexpr std::int64_t kDevicesPerPage = 500;
constexpr std::uint32_t kAskDeadlineMs = 5'000;

void fire(const std::vector<gtr_completion>& waiting, const Result<void>& result) {
  const std::string error = result ? std::string() : to_json(result.error());
  const gtr_status status = result ? GTR_OK : static_cast<gtr_status>(result.error().status);
  for (const gtr_completion& done : waiting) done.done(done.context, status, to_bytes(error));
}

// Why a period of presence ended, by what a reset says.
std::string_view word_of(const LinkReset& reset) {
  return reset.reason == "the broker died" ? "broker died" : "hub restarted";
}
// The same of a session, and how a device is known to be there: words of ours for those of the event.
std::string_view end_of(const LinkSession& session) { return session.reason == "timeout" ? "timeout" : "closed"; }
std::string_view way_of(const LinkSession& session) { return session.via == "status" ? "status" : "mqtt"; }

Error gone() { return {.status = Status::kNotFound, .detail = "There is no such device."}; }

}  // namespace

void Presence::subscribe() {
  const OnGap read_anew = [this] { read_soon(); };
  // Of several changes of one device only the last counts. A reset and the sessions after it may overtake each other.
  subscriptions_.push_back(Subscription::to_ordered<LinkSession>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const LinkSession& session, std::uint64_t sequence) { session_changed(session, sequence); }, read_anew));
  subscriptions_.push_back(Subscription::to_ordered<LinkReset>(
      host_, WhenFull::kCoalesceByKey, 1,
      [this](const LinkReset& reset, std::uint64_t sequence) { link_was_reset(reset, sequence); }, read_anew));
  subscriptions_.push_back(Subscription::to<DeviceMessage>(
      host_, WhenFull::kCoalesceByKey, kQueue,
      [this](const DeviceMessage& message) { book_.message(message.device_id, this_moment()); }, kGapIsHarmless));
}

void Presence::tell(std::int64_t device_id, bool is_online, std::int64_t last_seen_us,
                    std::int64_t online_until_us) const {
  publish(host_,
          DevicePresence{.device_id = device_id,
                         .is_online = is_online,
                         .last_seen_us = last_seen_us,
                         .online_until_us = online_until_us},
          std::to_string(device_id));
}

void Presence::session_changed(const LinkSession& session, std::uint64_t sequence) {
  if (session.kind != "device") return;
  const Moment at = this_moment();
  if (!book_.session(session.id, session.connected, sequence, at)) return;
  history_.settle(session.id, at, way_of(session), end_of(session));
  tell(session.id, session.connected, at.wall.us);
  write_soon();
}

void Presence::link_was_reset(const LinkReset& reset, std::uint64_t sequence) {
  const Moment at = this_moment();
  for (const LastSeen& device : book_.reset(sequence)) {
    history_.settle(device.device_id, at, "mqtt", word_of(reset));
    tell(device.device_id, false, device.last_seen_us);
  }
  write_soon();
}

Task<Result<HeartbeatOutput>> Presence::heartbeat(Call call, DeviceRef) {
  const std::int64_t device_id = call.access.resource_id;
  const Moment at = this_moment();
  auto start = [this, device_id, at](gtr_completion done) {
    book_.heartbeat(device_id, at, done);
    history_.settle(device_id, at, "heartbeat", "closed");
    write_soon();
  };
  co_await ok(host_.complete(start));
  const Device device = book_.shown({.device = {.id = device_id}}, this_moment());
  // Where it is not, its connection ended meanwhile, and that was told.
  if (device.is_online) {
    tell(device_id, true, at.wall.us, at.wall.us + std::chrono::microseconds(heartbeat_timeout_).count());
  }
  co_return HeartbeatOutput{.status = "ok", .last_seen = at.wall};
}

void Presence::forget(std::int64_t device_id) {
  fire(book_.forget(device_id), gone());
  history_.forget(device_id);
}

void Presence::begin(std::string hub) {
  host_.every(kWatch, [this] { tell_of_overdue(); });
  host_.every(kGather, [this] {
    book_.gather();
    write_soon();
  });
  host_.every(PresenceHistory::kWrite, [this] { return history_.write(); }, {.first = std::chrono::milliseconds(0)});
  other_hubs_.begin(std::move(hub));
  host_.run(restore());
}

void Presence::tell_of_overdue() {
  const Moment at = this_moment();
  const std::vector<LastSeen> overdue = book_.take_overdue(at);
  for (const LastSeen& device : overdue) {
    history_.settle(device.device_id, at, "heartbeat", "timeout");
    tell(device.device_id, false, device.last_seen_us);
  }
  if (!overdue.empty()) write_soon();
}

Task<void> Presence::flush() {
  book_.gather();
  auto start = [this](gtr_completion done) { write_and_tell(done, false); };
  co_await host_.complete(start);
}

Task<void> Presence::settle() {
  auto start = [this](gtr_completion done) { write_and_tell(done, true); };
  co_await host_.complete(start);
}

// `not_away`: at once where the storage could not write the last time, and is asked again later.
void Presence::write_and_tell(gtr_completion done, bool not_away) {
  bool is_over = false;
  {
    const std::lock_guard lock(mutex_);
    is_over = has_given_up_ || (not_away && is_pausing_);
    if (!is_over) flushing_.push_back(done);
  }
  is_over ? fire({done}, {}) : write_soon();
}

Task<void> Presence::restore() {
  std::int64_t last_id = 0;
  book_.hold();  // what ends while it is read must be known when the answer comes
  while (true) {
    const Result<std::vector<StoredDevice>> devices =
        co_await repository_.find_held(Repository::Held::kBeating, last_id, kDevicesPerPage);
    if (devices && devices->empty()) {
      book_.release(this_moment());
      co_return write_soon();
    }
    if (!devices) {
      const bool go_on = co_await host_.sleep(kLongestPauseMs);
      if (!go_on) co_return;
      continue;
    }
    last_id = devices->back().device.id;
    const Moment at = this_moment();
    for (const StoredDevice& stored : *devices) {
      book_.restore(stored, at);
      history_.settle(stored.device.id, at, "heartbeat", "timeout");
    }
  }
}

Task<Result<std::vector<std::int64_t>>> Presence::keep_connected(std::int64_t after) {
  book_.hold();
  const Result<std::vector<StoredDevice>> devices =
      co_await repository_.find_held(Repository::Held::kConnected, after, kDevicesPerPage);
  const Moment at = this_moment();
  std::vector<std::int64_t> ids;
  for (const StoredDevice& stored : devices ? *devices : std::vector<StoredDevice>()) {
    ids.push_back(stored.device.id);
    if (book_.keep(stored)) history_.settle(stored.device.id, at, "status", "timeout");
  }
  book_.release(at);
  if (!devices) co_return devices.error();
  co_return ids;
}

void Presence::left_by_dead_hub(const std::vector<LastSeen>& left) {
  const Moment at = this_moment();
  for (const LastSeen& device : left) {
    if (!book_.write_again(device.device_id, at)) tell(device.device_id, false, device.last_seen_us);
  }
  host_.run(restore());
}

// One writer at a time: it goes on as long as there is something to write.
void Presence::write_soon() {
  {
    const std::lock_guard lock(mutex_);
    has_more_ = true;
    if (std::exchange(is_writing_, true)) return;
  }
  host_.run(write_changes());
}

Task<void> Presence::write_changes() {
  std::uint64_t pause_ms = kFirstPauseMs;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      has_more_ = is_pausing_ = false;
    }
    PresenceChange change = book_.take(kRowsPerBatch, this_moment());
    if (change.empty()) {
      std::vector<gtr_completion> flushed;
      {
        const std::lock_guard lock(mutex_);
        if (has_more_) continue;
        is_writing_ = false;
        flushed.swap(flushing_);
      }
      co_return fire(flushed, {});
    }
    const bool is_written = co_await write(std::move(change));
    if (is_written) {
      pause_ms = kFirstPauseMs;
      continue;
    }
    std::vector<gtr_completion> given_up;
    {
      const std::lock_guard lock(mutex_);
      is_pausing_ = true;
      given_up.swap(flushing_);
    }
    fire(given_up, {});
    const bool go_on = co_await host_.sleep(pause_ms);
    if (!go_on) co_return give_up();
    pause_ms = std::min(2 * pause_ms, kLongestPauseMs);
  }
}

// The hub stops: nobody writes any more.
void Presence::give_up() {
  const PresenceChange change = book_.take(book_.size(), this_moment());
  const Error stopped{.status = Status::kUnavailable, .detail = "The hub is stopping."};
  for (const PresenceRow& row : change.rows) fire(row.waiting, stopped);
  std::vector<gtr_completion> given_up;
  {
    const std::lock_guard lock(mutex_);
    has_given_up_ = true;
    given_up.swap(flushing_);
  }
  fire(given_up, {});
}

// False where it must be tried again.
Task<bool> Presence::write(PresenceChange change) {
  const Result<Repository::PresenceWritten> written = co_await repository_.write_presence(change);
  if (!written) {
    if (!std::exchange(is_failing_, true)) {
      host_.warn("presence cannot be written; it is tried again until it can", {{"why", written.error().detail}});
    }
    book_.failed(change);
    for (const PresenceRow& row : change.rows) fire(row.waiting, written.error());
    co_return false;
  }
  if (std::exchange(is_failing_, false)) host_.info("presence is written again");
  // Those that only the column held connected; the others were told of when the news came.
  for (const LastSeen& device : written->left) {
    if (book_.changes(device.device_id) == 0) tell(device.device_id, false, device.last_seen_us);
  }
  book_.written(change, this_moment());
  for (std::size_t i = 0; i < change.rows.size(); ++i) {
    if (written->exists[i]) {
      fire(change.rows[i].waiting, {});
    } else {
      forget(change.rows[i].device_id);
      fire(change.rows[i].waiting, gone());
    }
  }
  co_return true;
}

void Presence::read_soon() {
  if (readings_wanted_.fetch_add(1) == 0) host_.run(read_anew());
}

// Something that changes who is connected was missed: asks for every device.
Task<void> Presence::read_anew() {
  host_.warn("news of connections were lost; presence is read anew");
  int wanted = 0;
  do {
    wanted = readings_wanted_.load();
    std::int64_t last_id = 0;
    bool has_more = true;
    book_.hold();
    while (has_more) {
      const Result<std::int64_t> page = co_await read_page(last_id);
      if (page) {
        has_more = *page > 0;
        last_id = *page;
        continue;
      }
      if (page.error().status == Status::kUnsupported) break;  // a transport that does not tell
      const bool go_on = co_await host_.sleep(kLongestPauseMs);
      if (!go_on) co_return;
    }
    book_.release(this_moment());
    write_soon();
  } while (readings_wanted_.fetch_sub(wanted) != wanted);
}

// The last id of the page after this device; 0: there is none.
Task<Result<std::int64_t>> Presence::read_page(std::int64_t after) {
  if (!link_.available()) co_return 0;
  const std::vector<StoredDevice> devices = co_await ok(repository_.find_after(after, kDevicesPerPage));
  for (const StoredDevice& stored : devices) {
    co_await ok(ask(stored));
  }
  co_return devices.empty() ? 0 : devices.back().device.id;
}

Task<Result<void>> Presence::ask(StoredDevice stored) {
  const std::int64_t id = stored.device.id;
  const std::uint64_t changes = book_.changes(id);
  const LinkState state = co_await ok(link_.call_within<DeviceLink::State>(kAskDeadlineMs, id));
  const Moment at = this_moment();
  if (!book_.correct(stored, state.is_connected, changes, at)) co_return Result<void>();
  history_.settle(id, at, "mqtt", "closed");
  const Device device = book_.shown(std::move(stored), at);
  tell(id, device.is_online, device.last_seen_us);
  co_return Result<void>();
}

}  // namespace gatetorio::registration
