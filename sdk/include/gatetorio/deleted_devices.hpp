// Finds out which devices are gone, for a plugin that keeps something under their ids and may have missed that one was
// deleted: after a gap of device.deleted, and at the start.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "gatetorio/devices.hpp"
#include "gatetorio/host.hpp"
#include "gatetorio/services.hpp"

namespace gatetorio {

// Lives as long as the plugin. `look` may be called on any thread; both functions run on the plugin's executor.
class DeletedDevices {
 public:
  // The next `most` ids, in rising order, above `after` under which something is kept; none: that was all.
  using Kept = std::function<Task<Result<std::vector<std::int64_t>>>(std::int64_t after, std::int64_t most)>;
  using Forget = std::function<Task<void>(std::int64_t device_id)>;

  DeletedDevices(Host& host, ServiceClient& registry, Kept kept, Forget forget)
      : host_(host), registry_(registry), kept_(std::move(kept)), forget_(std::move(forget)) {}

  // Compares all that is kept with the registry, again where this is called meanwhile. Ids are never given again, and
  // nothing is kept for a device that is not there yet: what the registry does not know is gone. Where somebody cannot
  // be asked, tries again after 5 s.
  void look() {
    if (wanted_.fetch_add(1) == 0) host_.run(compare_all());
  }

 private:
  static constexpr std::uint64_t kAgainMs = 5'000;
  static constexpr std::int64_t kPerPage = 500;

  Task<void> compare_all() {
    int wanted = 0;
    do {
      wanted = wanted_.load();
      std::int64_t last_id = 0;
      while (true) {
        const Result<std::int64_t> page = co_await compare_page(last_id);
        if (page && *page == 0) break;
        if (page) {
          last_id = *page;
          continue;
        }
        const bool go_on = co_await host_.sleep(kAgainMs);
        if (!go_on) co_return;
      }
    } while (wanted_.fetch_sub(wanted) != wanted);
  }

  // The last id of the page; 0: there is none.
  Task<Result<std::int64_t>> compare_page(std::int64_t after) {
    const std::vector<std::int64_t> ids = co_await ok(kept_(after, kPerPage));
    if (ids.empty()) co_return 0;
    DeviceIds asked{ids};
    const DeviceList there = co_await ok(registry_.call<DeviceRegistry::FindByIds>(std::move(asked)));
    for (const std::int64_t id : ids) {
      const bool is_there = std::any_of(there.devices.begin(), there.devices.end(),
                                        [id](const Device& device) { return device.id == id; });
      if (is_there) continue;
      co_await forget_(id);
    }
    co_return ids.back();
  }

  Host& host_;
  ServiceClient& registry_;
  const Kept kept_;
  const Forget forget_;
  std::atomic<int> wanted_{0};
};

}  // namespace gatetorio
