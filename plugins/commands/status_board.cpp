#include "status_board.hpp"

#include <boost/json.hpp>

namespace gatetorio::commands {

namespace {

constexpr std::uint64_t kFlushMs = 1'000;
constexpr std::size_t kMaxNonce = 128;

std::optional<std::string> text_of(const boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return std::string(member->get_string());
}

// As JSON text: the device gets it back as it gave it.
std::optional<std::string> nonce_of(const boost::json::object& status) {
  const auto* nonce = status.if_contains("boot_nonce");
  if (nonce == nullptr || !(nonce->is_string() || nonce->is_int64() || nonce->is_uint64())) return std::nullopt;
  std::string text = boost::json::serialize(*nonce);
  return text.size() > kMaxNonce ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

bool StatusBoard::take(const DeviceMessage& message) {
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(message.payload, wrong);
  if (wrong || !parsed.is_object()) {
    malformed_.add();
    return false;
  }
  const auto& status = parsed.get_object();
  // News of a file, told by the hub itself for the device's watchers: it is not the gate's state.
  if (text_of(status, "type") == "file_available") return true;
  LastStatus last{0, message.payload, now(), nonce_of(status)};
  {
    const std::lock_guard lock(mutex_);
    waiting_[message.controller_id] = std::move(last);
  }
  const auto command_id = text_of(status, "command_id");
  const auto result = text_of(status, "result");
  if (command_id && result) {
    host_.run(acknowledge(message.controller_id, *command_id, *result == "success", message.payload));
  }
  return true;
}

Task<void> StatusBoard::acknowledge(std::string controller_id, std::string command_id, bool is_success,
                                    std::string result) {
  auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{controller_id});
  const Result<Device> device = co_await finding;
  if (!device) co_return;
  auto writing = repository_.acknowledge(command_id, device->id, is_success, std::move(result));
  const Result<bool> written = co_await writing;
  if (!written) host_.warn("a device's answer could not be written", {{"command", command_id}});
}

std::optional<LastStatus> StatusBoard::unwritten(const std::string& controller_id) const {
  const std::lock_guard lock(mutex_);
  for (const auto* board : {&waiting_, &writing_}) {
    const auto found = board->find(controller_id);
    if (found != board->end()) return found->second;
  }
  return std::nullopt;
}

Task<Result<std::optional<LastStatus>>> StatusBoard::last(Device device) {
  auto newest = unwritten(device.controller_id);
  if (newest) co_return newest;
  auto reading = repository_.last_status(device.id);
  Result<std::optional<LastStatus>> last = co_await reading;
  co_return last;
}

void StatusBoard::renamed(const DeviceRenamed& event) {
  const std::lock_guard lock(mutex_);
  auto moved = waiting_.extract(event.old_controller_id);
  if (moved.empty()) return;
  moved.key() = event.controller_id;
  waiting_.insert(std::move(moved));
}

Task<void> StatusBoard::keep_writing() {
  while (true) {
    auto sleeping = host_.sleep(kFlushMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    auto flushing = flush();
    co_await flushing;
  }
}

Task<void> StatusBoard::flush() {
  std::map<std::string, LastStatus> taken;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) co_return;
    writing_ = std::move(waiting_);
    waiting_.clear();
    taken = writing_;
  }
  constexpr std::size_t kPerBatch = 500;
  std::vector<LastStatus> list;
  bool ok = true;
  for (auto at = taken.begin(); at != taken.end();) {
    auto finding = devices_.call<DeviceRegistry::FindByName>(DeviceName{at->first});
    const Result<Device> device = co_await finding;
    if (device) {
      at->second.device_id = device->id;
      list.push_back(at->second);
    }
    ++at;
    if (list.size() < kPerBatch && at != taken.end()) continue;
    if (list.empty()) continue;
    auto saving = repository_.save_status(std::move(list));
    const Result<void> saved = co_await saving;
    list.clear();
    ok = ok && static_cast<bool>(saved);
  }
  const std::lock_guard lock(mutex_);
  if (ok) {
    writing_.clear();
    co_return;
  }
  host_.warn("device status could not be written; it is tried again");
  waiting_.merge(writing_);  // newer ones stay
  writing_.clear();
}

}  // namespace gatetorio::commands
