// gatetorio.sites/1: which devices belong to a site.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string_view>

#include "gatetorio/devices.hpp"

namespace gatetorio {

struct SiteId {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(SiteId, (), (id))

struct SiteRegistry {
  static constexpr std::string_view kId = "gatetorio.sites/1";
  // At most 1,000, in the order of their ids; none where there is no such site.
  struct Devices {
    static constexpr std::uint32_t kMethod = 1;
    using Request = SiteId;
    using Reply = DeviceIds;
  };
};

}  // namespace gatetorio
