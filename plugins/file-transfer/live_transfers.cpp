#include "live_transfers.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace gatetorio::file_transfer {

namespace {

constexpr int kWatchesBetweenChecks = 60;
// With the way of an event before it and of the cut behind it this stays within the second.
constexpr std::uint32_t kCheckDeadlineMs = 600;

}  // namespace

Task<Result<LiveTransfers::Entry>> LiveTransfers::enter(Call call, Holder holder, Transferred what) {
  auto entry = std::make_shared<LiveTransfer>(host_, call, std::move(holder), std::move(what));
  if (!entry->can_be_cut()) {
    co_return Error{.status = Status::kUnsupported, .detail = "This way into the hub takes no files."};
  }
  if (!add(entry)) {
    complain(entry->holder);
    co_return Error{.status = Status::kRateLimited,
                    .detail = "You have too many transfers under way; end one of them first.",
                    .retry_after_s = 5};
  }
  const Timestamp until = co_await ok(rights_.check(entry->holder, entry->what.device_id, entry->what.kind));
  entry->set_until(until);
  if (!entry->begin_flow()) co_return Error{.status = Status::kForbidden, .detail = "This is no longer allowed."};
  co_return entry;
}

// False where its holder has as many as it may.
bool LiveTransfers::add(const Entry& entry) {
  const std::lock_guard lock(mutex_);
  const auto others = std::count_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
    return other->holder.who == entry->holder.who && other->is_open();
  });
  if (others >= most_of_holder_) return false;
  entries_.push_back(entry);
  return true;
}

void LiveTransfers::complain(const Holder& holder) {
  constexpr std::chrono::minutes kEvery{1};
  refused_.add(1);
  const auto at = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(complained_at_, [&](const auto& entry) { return at - entry.second >= kEvery; });
    if (!complained_at_.emplace(holder.who, at).second) return;
  }
  host_.warn("somebody has too many transfers under way; more are refused", {{"holder", key_of(holder.who)}});
}

std::vector<std::int64_t> LiveTransfers::uploads() {
  std::vector<std::int64_t> ids;
  for (const Entry& entry : find([](const LiveTransfer& one) { return one.what.upload_id != 0; })) {
    ids.push_back(entry->what.upload_id);
  }
  return ids;
}

std::vector<LiveTransfers::Entry> LiveTransfers::find(const Condition& condition) {
  std::vector<Entry> found;
  const std::lock_guard lock(mutex_);
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(found),
               [&](const Entry& entry) { return entry->is_open() && !entry->was_cut() && condition(*entry); });
  return found;
}

void LiveTransfers::cut_where(const Condition& condition, std::string_view why) {
  for (const Entry& entry : find(condition)) {
    entry->cut();
    host_.info(
        "a transfer is cut off",
        {{"holder", key_of(entry->holder.who)}, {"device", std::to_string(entry->what.device_id)}, {"why", why}});
  }
}

void LiveTransfers::check_where(const Condition& condition, bool admins_too) {
  const auto is_admin = [](const LiveTransfer& entry) { return entry.holder.who.kind == "admin"; };
  if (admins_too) {
    cut_where([&](const LiveTransfer& entry) { return is_admin(entry) && condition(entry); },
              "it may have lost access");
  }
  std::set<std::tuple<Holder, std::int64_t, std::string>> affected;
  for (const Entry& entry : find(condition)) affected.emplace(entry->holder, entry->what.device_id, entry->what.kind);
  for (const auto& [holder, device_id, kind] : affected) host_.run(check(holder, device_id, kind));
}

void LiveTransfers::changed(const PrincipalId& who) {
  check_where([&](const LiveTransfer& entry) { return entry.holder.who == who; }, true);
}

void LiveTransfers::device_deleted(std::int64_t device_id) {
  cut_where([&](const LiveTransfer& entry) { return entry.what.device_id == device_id; }, "the device was deleted");
}

void LiveTransfers::check_all() {
  check_where([](const LiveTransfer&) { return true; }, true);
}

Task<void> LiveTransfers::check(Holder holder, std::int64_t device_id, std::string kind) {
  const Result<Timestamp> until = co_await rights_.check(holder, device_id, kind, kCheckDeadlineMs);
  const auto is_its = [&](const LiveTransfer& entry) {
    return entry.holder == holder && entry.what.device_id == device_id && entry.what.kind == kind;
  };
  if (!until) {
    const bool may_not = until.error().status == Status::kForbidden;
    co_return cut_where(is_its, may_not ? "it has lost access" : "its access cannot be checked");
  }
  for (const Entry& entry : find(is_its)) entry->set_until(*until);
}

void LiveTransfers::watch() {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const Entry& entry) { return !entry->is_open(); });
  }
  const Timestamp at = now();
  cut_where([at](const LiveTransfer& entry) { return entry.has_expired(at); }, "its access has ended");
  if (++watches_ % kWatchesBetweenChecks == 0) check_where([](const LiveTransfer&) { return true; }, false);
}

}  // namespace gatetorio::file_transfer
