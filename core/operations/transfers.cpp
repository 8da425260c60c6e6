#include "core/operations/transfers.hpp"

#include <utility>

namespace gatetorio::core {

std::uint64_t Transfers::open(void (*cut)(void* context), void* context, gtr_completion ended) {
  auto transfer = std::make_shared<Transfer>();
  transfer->cut = cut;
  transfer->context = context;
  transfer->ended = ended;
  const std::lock_guard lock(mutex_);
  transfers_.emplace(++last_, std::move(transfer));
  return last_;
}

void Transfers::cut(std::uint64_t number) {
  std::shared_ptr<Transfer> transfer;
  {
    const std::lock_guard lock(mutex_);
    const auto found = transfers_.find(number);
    if (found == transfers_.end()) return;
    transfer = found->second;
  }
  const std::lock_guard lock(transfer->mutex);
  if (!std::exchange(transfer->is_cut, true)) transfer->cut(transfer->context);
}

void Transfers::end(std::uint64_t number) {
  std::shared_ptr<Transfer> transfer;
  {
    const std::lock_guard lock(mutex_);
    const auto found = transfers_.extract(number);
    if (!found) return;
    transfer = found.mapped();
  }
  {
    const std::lock_guard lock(transfer->mutex);
    transfer->is_cut = true;  // a cut that has found it by now does nothing
  }
  transfer->ended.done(transfer->ended.context, GTR_OK, {nullptr, 0});
}

void Transfers::end_all() {
  std::vector<std::uint64_t> open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, transfer] : transfers_) open.push_back(number);
  }
  for (const std::uint64_t number : open) end(number);
}

}  // namespace gatetorio::core
