#include "status_board.hpp"

#include <algorithm>

namespace gatetorio::commands {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kRetryMs = 200;
constexpr std::chrono::seconds kPatience(5);
constexpr std::chrono::minutes kQueueTime(1);  // no message waits longer in a queue
constexpr std::chrono::hours kCompareEvery(1);
constexpr std::size_t kPerBatch = 500, kBytesPerBatch = 4 << 20;

}  // namespace

void StatusBoard::take(std::int64_t device_id, std::string status, std::optional<std::string> boot_nonce) {
  LastStatus last{device_id, std::move(status), now(), std::move(boot_nonce)};
  const std::lock_guard lock(mutex_);
  last.sequence = last_sequence_ = std::max(last.status_at.us, last_sequence_ + 1);
  if (!lately_deleted_.contains(device_id)) waiting_[device_id] = std::move(last);
}

std::optional<LastStatus> StatusBoard::unwritten(std::int64_t device_id) const {
  const std::lock_guard lock(mutex_);
  for (const auto* board : {&waiting_, &writing_}) {
    const auto found = board->find(device_id);
    if (found != board->end()) return found->second;
  }
  return std::nullopt;
}

Task<Result<std::optional<LastStatus>>> StatusBoard::last(std::int64_t device_id) {
  auto newest = unwritten(device_id);
  if (newest) co_return newest;
  co_return co_await repository_.last_status(device_id);
}

void StatusBoard::deleted(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(device_id);
  writing_.erase(device_id);
  deleted_.insert(device_id);  // written after a batch that is under way
  lately_deleted_[device_id] = Clock::now();
}

std::size_t StatusBoard::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() + writing_.size();
}

Task<void> StatusBoard::write() {
  const auto now = Clock::now();
  if (now - compared_at_ > kCompareEvery) must_compare_ = true;
  if (must_compare_.exchange(false)) {
    compared_at_ = now;
    const bool is_compared = co_await compare_with_registry();
    if (!is_compared) must_compare_ = true;
  }
  co_await flush();
  const std::lock_guard lock(mutex_);
  std::erase_if(lately_deleted_, [now](const auto& device) { return now - device.second > kQueueTime; });
}

Task<void> StatusBoard::flush() {
  co_await turn_.take();
  const Turn::Holder holder(turn_);
  {
    const std::lock_guard lock(mutex_);
    writing_.swap(waiting_);  // the former is empty whenever nobody writes
  }
  while (true) {
    const Batch batch = next_batch();
    if (batch.statuses.empty() && batch.deleted.empty()) break;
    const Result<void> saved = co_await repository_.save_statuses(batch.statuses, batch.deleted);
    if (!saved) {
      put_back();
      outage_.began(saved.error());
      co_return;
    }
    set_written(batch);
    outage_.ended();
  }
}

StatusBoard::Batch StatusBoard::next_batch() {
  const std::lock_guard lock(mutex_);
  Batch batch;
  std::size_t bytes = 0;
  for (auto at = writing_.begin(); at != writing_.end() && batch.statuses.size() < kPerBatch && bytes < kBytesPerBatch;
       ++at) {
    batch.statuses.push_back(at->second);
    bytes += at->second.status.size();
  }
  for (auto at = deleted_.begin(); at != deleted_.end() && batch.deleted.size() < kPerBatch; ++at)
    batch.deleted.push_back(*at);
  return batch;
}

void StatusBoard::set_written(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (const LastStatus& last : batch.statuses) writing_.erase(last.device_id);
  for (const std::int64_t device_id : batch.deleted) deleted_.erase(device_id);
}

void StatusBoard::put_back() {
  const std::lock_guard lock(mutex_);
  waiting_.merge(writing_);  // newer ones stay
  writing_.clear();
}

Task<void> StatusBoard::finish() {
  const auto until = Clock::now() + kPatience;
  bool go_on = true;
  while (go_on) {
    co_await flush();
    if (waiting() == 0 || Clock::now() >= until) co_return;
    go_on = co_await host_.sleep(kRetryMs);
  }
}

// False where somebody could not be asked.
Task<bool> StatusBoard::compare_with_registry() {
  std::int64_t after = 0;
  while (true) {
    const Result<std::vector<std::int64_t>> kept = co_await repository_.devices_after(after, kPerBatch);
    if (!kept) co_return false;
    if (kept->empty()) co_return true;
    after = kept->back();
    DeviceIds asked{*kept};
    const Result<DeviceList> known = co_await devices_.call<DeviceRegistry::FindByIds>(std::move(asked));
    if (!known) co_return false;
    std::set<std::int64_t> missing(kept->begin(), kept->end());
    for (const Device& device : known->devices) missing.erase(device.id);
    const std::lock_guard lock(mutex_);
    deleted_.merge(missing);
  }
}

}  // namespace gatetorio::commands
