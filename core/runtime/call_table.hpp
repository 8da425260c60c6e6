// Calls under way: who waits for which answer, and until when.
//
// A callee knows its call by two numbers. The first answer counts - the callee's, a deadline's or a cancel's - and the
// payload lives until the callee has answered, because it may still be reading it when its time is up. A late, second
// or forged answer finds another generation and does nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "gatetorio/abi/base.h"

namespace gatetorio::core {

using Clock = std::chrono::steady_clock;

template <class Payload>
class CallTable {
 public:
  gtr_call open(std::shared_ptr<Payload> payload, Clock::time_point deadline) {
    const std::lock_guard lock(mutex_);
    std::uint64_t index = 0;
    if (free_.empty()) {
      index = slots_.size();
      slots_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Slot& slot = slots_[index];
    slot.payload = std::move(payload);
    slot.deadline = deadline;
    slot.answered = false;
    ++open_;
    return {index, slot.generation};
  }

  // The payload, for as long as the callee has not answered; NULL for a number that is none.
  std::shared_ptr<Payload> find(gtr_call call) {
    const std::lock_guard lock(mutex_);
    Slot* slot = at(call);
    return slot == nullptr ? nullptr : slot->payload;
  }

  // Whether somebody still waits for its answer.
  bool is_waiting(gtr_call call) {
    const std::lock_guard lock(mutex_);
    const Slot* slot = at(call);
    return slot != nullptr && !slot->answered;
  }

  // Gives the callee another deadline. False where nobody waits for its answer.
  bool set_deadline(gtr_call call, Clock::time_point deadline) {
    const std::lock_guard lock(mutex_);
    Slot* slot = at(call);
    if (slot == nullptr || slot->answered) return false;
    slot->deadline = deadline;
    return true;
  }

  // The callee's answer. The call is over: its payload belongs to the caller of this function, who answers the waiter
  // where `first` says so. NULL for an answer that is late twice over or forged.
  std::shared_ptr<Payload> finish(gtr_call call, bool& first) {
    const std::lock_guard lock(mutex_);
    Slot* slot = at(call);
    if (slot == nullptr) return nullptr;
    first = !slot->answered;
    std::shared_ptr<Payload> payload = std::move(slot->payload);
    ++slot->generation;
    --open_;
    free_.push_back(call.slot);
    return payload;
  }

  // The waiter's end of patience. Its payload, to answer it with; NULL where it has been answered.
  std::shared_ptr<Payload> give_up(gtr_call call) {
    const std::lock_guard lock(mutex_);
    Slot* slot = at(call);
    if (slot == nullptr || slot->answered) return nullptr;
    slot->answered = true;
    return slot->payload;
  }

  // Those whose deadline has passed, to be given up one by one.
  std::vector<gtr_call> overdue(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    std::vector<gtr_call> late;
    for (std::uint64_t index = 0; index < slots_.size(); ++index) {
      const Slot& slot = slots_[index];
      if (slot.payload && !slot.answered && slot.deadline <= now) late.push_back({index, slot.generation});
    }
    return late;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  struct Slot {
    std::uint64_t generation = 1;
    std::shared_ptr<Payload> payload;
    Clock::time_point deadline;
    bool answered = false;
  };
  Slot* at(gtr_call call) {
    if (call.slot >= slots_.size()) return nullptr;
    Slot& slot = slots_[call.slot];
    return slot.generation == call.generation && slot.payload ? &slot : nullptr;
  }

  mutable std::mutex mutex_;
  std::deque<Slot> slots_;
  std::vector<std::uint64_t> free_;
  std::size_t open_ = 0;
};

}  // namespace gatetorio::core
