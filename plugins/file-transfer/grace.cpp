#include "grace.hpp"

namespace gatetorio::file_transfer {

namespace {

// More than the two clocks drift apart by themselves.
constexpr std::chrono::minutes kStep{2};

}  // namespace

void Grace::begin(Timestamp wall, Clock::time_point steady) {
  steady_ = steady;
  offset_ = std::chrono::microseconds(wall.us) -
            std::chrono::duration_cast<std::chrono::microseconds>(steady.time_since_epoch());
  ++round_;
}

bool Grace::is_over(const std::string& what) {
  const Condemned now_condemned{steady_, offset_, round_};
  const auto [entry, is_new] = condemned_.try_emplace(what, now_condemned);
  Condemned& condemned = entry->second;
  const bool has_stepped = std::chrono::abs(offset_ - condemned.offset) > kStep;
  if (has_stepped) condemned = now_condemned;
  condemned.round = round_;
  return steady_ - condemned.since >= length_;
}

void Grace::end() {
  std::erase_if(condemned_, [this](const auto& entry) { return entry.second.round != round_; });
}

}  // namespace gatetorio::file_transfer
