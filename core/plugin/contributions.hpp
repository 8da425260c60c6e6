// What plugins add to points of each other (abi/contribution.h). Written while plugins are configured, then read.
#pragma once

#include <boost/json/object.hpp>
#include <mutex>
#include <string>
#include <string_view>

#include "core/plugin/plugin.hpp"

namespace gatetorio::core {

// Thread-safe.
class Contributions {
 public:
  // `problem` says why an entry is refused.
  gtr_status add(const Plugin& plugin, std::string_view point, std::string_view entry, std::string& problem);
  // {point: [entry with its "plugin", ...]}, in the order of adding.
  std::string report() const;

 private:
  mutable std::mutex mutex_;
  boost::json::object points_;
};

}  // namespace gatetorio::core
