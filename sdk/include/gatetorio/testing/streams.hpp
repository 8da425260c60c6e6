// The event streams of a fake host: what a plugin has written to each.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatetorio/testing/record.hpp"

namespace gatetorio::testing {

class Streams {
 public:
  explicit Streams(Work& work) : work_(work) {}

  std::uint64_t open(const Party& who, gtr_completion closed) {
    const auto guard = work_.lock();
    streams_[++last_] = {&who, closed, true, {}};
    return last_;
  }
  gtr_status write(std::uint64_t number, std::string_view event) {
    const auto guard = work_.lock();
    const auto found = streams_.find(number);
    if (found == streams_.end() || !found->second.is_open) return GTR_GONE;
    found->second.events.emplace_back(event);
    return GTR_OK;
  }
  // The plugin ends it, or the caller goes away.
  void close(std::uint64_t number) {
    const auto guard = work_.lock();
    const auto found = streams_.find(number);
    if (found == streams_.end() || !std::exchange(found->second.is_open, false)) return;
    work_.post(found->second.who, [done = found->second.closed] { done.done(done.context, GTR_OK, {}); });
  }
  // Throw where there is no such stream.
  bool is_open(std::uint64_t number) const {
    const auto guard = work_.lock();
    return streams_.at(number).is_open;
  }
  std::vector<std::string> events(std::uint64_t number) const {
    const auto guard = work_.lock();
    return streams_.at(number).events;
  }

 private:
  struct Stream {
    const Party* who = nullptr;
    gtr_completion closed{};
    bool is_open = false;
    std::vector<std::string> events;
  };

  Work& work_;
  std::map<std::uint64_t, Stream> streams_;
  std::uint64_t last_ = 0;
};

}  // namespace gatetorio::testing
