#include "small_data.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr std::int64_t kBurst = 30;
constexpr std::size_t kMaxDevices = 100'000;

}  // namespace

SmallData::SmallData(Host& host, Repository& repository, Vault& vault)
    : host_(host),
      repository_(repository),
      vault_(vault),
      devices_(host, DeviceRegistry::kId),
      dropped_(host.counter("gatetorio_file_transfer_small_data_dropped_total",
                            "Configurations and logs in status messages that came too fast.")) {}

bool SmallData::may_keep(const std::string& controller_id) {
  const std::int64_t at = now().us;
  const std::lock_guard lock(mutex_);
  if (due_us_.size() >= kMaxDevices) std::erase_if(due_us_, [at](const auto& entry) { return entry.second <= at; });
  std::int64_t& due = due_us_[controller_id];
  due = std::max(due, at);
  if (due - at > (kBurst - 1) * kMicrosecondsPerSecond) return false;
  due += kMicrosecondsPerSecond;
  return true;
}

void SmallData::take(const DeviceMessage& message) {
  // Most messages are none of ours; they are not parsed for that.
  if (message.payload.find("\"data\"") == std::string::npos) return;
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(message.payload, wrong);
  if (wrong || !parsed.is_object()) return;
  const auto* type = parsed.get_object().if_contains("type");
  const auto* data = parsed.get_object().if_contains("data");
  if (type == nullptr || data == nullptr || !type->is_string()) return;
  const std::string kind(type->get_string());
  if (kind != "config" && kind != "log") return;
  if (!may_keep(message.controller_id)) return dropped_.add();
  Item item{kind, data->is_string() ? std::string(data->get_string()) : boost::json::serialize(*data)};
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [queue, is_new] = waiting_.try_emplace(message.controller_id);
    queue->second.push_back(std::move(item));
    is_first = is_new;
  }
  if (is_first) host_.run(work_off(message.controller_id));
}

std::optional<SmallData::Item> SmallData::next(const std::string& controller_id) {
  const std::lock_guard lock(mutex_);
  const auto queue = waiting_.find(controller_id);
  if (queue->second.empty()) {
    waiting_.erase(queue);
    return std::nullopt;
  }
  Item item = std::move(queue->second.front());
  queue->second.pop_front();
  return item;
}

Task<void> SmallData::work_off(std::string controller_id) {
  while (auto item = next(controller_id)) {
    try {
      auto keeping = keep(controller_id, *std::move(item));
      co_await keeping;
    } catch (const std::exception& failure) {  // the next ones are to be kept all the same
      host_.error("small data cannot be kept", {{"device", controller_id}, {"why", failure.what()}});
    }
  }
}

Task<void> SmallData::keep(std::string controller_id, Item item) {
  auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{controller_id});
  const Result<Device> device = co_await finding;
  if (!device) co_return;
  if (item.kind == "config") {
    auto looking = repository_.newest(device->id, item.kind);
    const Result<std::optional<File>> last = co_await looking;
    if (last && *last && (*last)->sha256 == to_hex(sha256(item.content))) co_return;
  }
  File file{.device_id = device->id,
            .name = item.kind + "-" + to_rfc3339(now()),
            .kind = item.kind,
            .creator_kind = "device",
            .creator_id = device->id};
  const Call call{.principal = Principal{.kind = "device", .id = device->id}};
  auto storing = vault_.store(std::move(file), std::move(item.content), call);
  const Result<File> stored = co_await storing;
  if (!stored) host_.warn("small data cannot be kept", {{"device", controller_id}, {"why", stored.error().detail}});
}

}  // namespace gatetorio::file_transfer
