// Says once that something cannot be written, and once that it can again: a storage that is away for an hour is two
// lines.
#pragma once

#include <atomic>
#include <string>

#include "gatetorio/host.hpp"

namespace gatetorio::commands {

class Outage {
 public:
  // `what`: "device statuses"; for the log.
  Outage(Host& host, std::string what) : host_(host), what_(std::move(what)) {}

  bool is_on() const { return is_on_.load(); }
  void began(const Error& why) {
    if (!is_on_.exchange(true))
      host_.warn(what_ + " cannot be written; they wait and are tried again", {{"why", why.detail}});
  }
  void ended() {
    if (is_on_.exchange(false)) host_.info(what_ + " are written again");
  }

 private:
  Host& host_;
  const std::string what_;
  std::atomic<bool> is_on_ = false;
};

}  // namespace gatetorio::commands
