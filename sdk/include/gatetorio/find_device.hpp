// Devices of the registry, for plugins that keep something under their ids.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

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

// The id of the device that is called so now; 0, which is nobody's, where there is none. Errors: those of a call.
// `registry` must outlive the task.
inline Task<Result<std::int64_t>> find_device_id(ServiceClient& registry, std::string controller_id) {
  const Result<Device> device = co_await registry.call<DeviceRegistry::FindByName>(std::move(controller_id));
  if (!device && device.error().status != Status::kNotFound) co_return device.error();
  co_return device ? device->id : 0;
}

// What devices are called now, by their ids; those that are gone are not in it. At most 1,000 different ones. Errors:
// those of a call. `registry` must outlive the task.
inline Task<Result<std::map<std::int64_t, std::string>>> find_device_names(ServiceClient& registry,
                                                                           std::vector<std::int64_t> ids) {
  std::map<std::int64_t, std::string> names;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.empty()) co_return names;
  const DeviceList found = co_await ok(registry.call<DeviceRegistry::FindByIds>(std::move(ids)));
  for (const Device& device : found.devices) names[device.id] = device.controller_id;
  co_return names;
}

// Gives each entry, which has a `device_id` and an optional `controller_id`, the present name of its device; none where
// that is gone. The rest as find_device_names(); `entries` must outlive the task, too.
template <class Entry>
Task<Result<void>> name_devices(ServiceClient& registry, std::vector<Entry>* entries) {
  std::vector<std::int64_t> ids;
  for (const Entry& entry : *entries) ids.push_back(entry.device_id);
  const std::map<std::int64_t, std::string> names = co_await ok(find_device_names(registry, std::move(ids)));
  for (Entry& entry : *entries) {
    const auto name = names.find(entry.device_id);
    if (name != names.end()) entry.controller_id = name->second;
  }
  co_return Result<void>();
}

}  // namespace gatetorio
