#include "small_data.hpp"

#include <boost/json.hpp>

#include "gatetorio/json_text.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr TokenRate kRate{.per_second = 1, .most = 30};
constexpr std::size_t kMaxDevices = 100'000;

}  // namespace

SmallData::SmallData(Host& host, Repository& repository, Vault& vault)
    : host_(host),
      repository_(repository),
      vault_(vault),
      dropped_(host.counter("gatetorio_file_transfer_small_data_dropped_total",
                            "Configurations and logs in status messages that came too fast.")) {}

bool SmallData::may_keep(std::int64_t device_id) {
  const auto at = TokenBucket::Clock::now();
  const std::lock_guard lock(mutex_);
  if (rates_.size() >= kMaxDevices) std::erase_if(rates_, [at](const auto& e) { return e.second.is_full(kRate, at); });
  TokenBucket& bucket = rates_.try_emplace(device_id, kRate, at).first->second;
  if (bucket.wait_s(kRate, at) > 0) return false;
  bucket.spend(kRate, at);
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
  if (!may_keep(message.device_id)) return dropped_.add();
  const auto text = json::find_member(json::members(message.payload), "data");
  Item item{kind, std::string(data->is_string() ? std::string_view(data->get_string()) : *text)};
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [queue, is_new] = waiting_.try_emplace(message.device_id);
    queue->second.push_back(std::move(item));
    is_first = is_new;
  }
  if (is_first) host_.run(work_off(message.device_id));
}

void SmallData::forget(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  rates_.erase(device_id);
  const auto queue = waiting_.find(device_id);
  if (queue != waiting_.end()) queue->second.clear();  // whoever works it off ends it
}

std::optional<SmallData::Item> SmallData::next(std::int64_t device_id) {
  const std::lock_guard lock(mutex_);
  const auto queue = waiting_.find(device_id);
  if (queue->second.empty()) {
    waiting_.erase(queue);
    return std::nullopt;
  }
  Item item = std::move(queue->second.front());
  queue->second.pop_front();
  return item;
}

Task<void> SmallData::work_off(std::int64_t device_id) {
  while (auto item = next(device_id)) {
    try {
      co_await keep(device_id, *std::move(item));
    } catch (const std::exception& failure) {  // the next ones are to be kept all the same
      host_.error("small data cannot be kept", {{"device", std::to_string(device_id)}, {"why", failure.what()}});
    }
  }
}

Task<void> SmallData::keep(std::int64_t device_id, Item item) {
  if (item.kind == "config") {
    const Result<std::optional<File>> last = co_await repository_.newest(device_id, item.kind);
    if (last && *last && (*last)->sha256 == to_hex(sha256(item.content))) co_return;
  }
  File file{.device_id = device_id,
            .name = item.kind + "-" + to_rfc3339(now()),
            .kind = item.kind,
            .creator = {"device", device_id}};
  const Call call{.principal = Principal{.kind = "device", .id = device_id}};
  const Result<File> stored = co_await vault_.store(std::move(file), std::move(item.content), call);
  const bool is_gone = !stored && stored.error().status == Status::kForbidden;  // the device; nothing of it is kept
  if (!stored && !is_gone)
    host_.warn("small data cannot be kept", {{"device", std::to_string(device_id)}, {"why", stored.error().detail}});
}

}  // namespace gatetorio::file_transfer
