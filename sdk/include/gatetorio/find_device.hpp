// One device of the registry, by its id.
#pragma once

#include <cstdint>
#include <utility>

#include "gatetorio/devices.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio {

// Errors: kNotFound where there is none; those of a call (services.hpp), with the same meaning of `deadline_ms`.
// `registry` must outlive the task.
inline Task<Result<Device>> find_device(ServiceClient& registry, std::int64_t id, std::uint32_t deadline_ms = 0) {
  DeviceIds wanted;
  wanted.ids.push_back(id);
  DeviceList found = co_await ok(registry.call_within<DeviceRegistry::FindByIds>(deadline_ms, std::move(wanted)));
  if (found.devices.empty()) co_return Error{.status = Status::kNotFound, .detail = "There is no such device."};
  co_return std::move(found.devices.front());
}

}  // namespace gatetorio
