#include "announcer.hpp"

#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

// A device that has connected subscribes a moment later.
constexpr int kAttempts = 20;
constexpr std::uint64_t kPauseMs = 250;

struct FileAvailable {
  std::string type = "file_available";
  std::int64_t file_id = 0;
  std::string name;
  std::string kind;
  std::int64_t size = 0;
  std::string sha256;
  std::string url;
  Timestamp expires_at;  // of the URL; the message is not delivered later
  std::string command_id;
  Timestamp issued_at;
};
BOOST_DESCRIBE_STRUCT(FileAvailable, (),
                      (type, file_id, name, kind, size, sha256, url, expires_at, command_id, issued_at))

}  // namespace

void Announcer::wake(std::int64_t device_id) {
  {
    const std::lock_guard lock(mutex_);
    if (!busy_.insert(device_id).second) {
      again_.insert(device_id);
      return;
    }
  }
  host_.run(tell(device_id));
}

Task<void> Announcer::wake_all() {
  constexpr std::int64_t kAtOnce = 1'000;
  std::int64_t last = 0;
  while (true) {
    const Result<std::vector<std::int64_t>> devices = co_await repository_.devices_to_tell(last, kAtOnce);
    if (!devices || devices->empty()) co_return;
    for (const std::int64_t device_id : *devices) wake(device_id);
    last = devices->back();
  }
}

Task<void> Announcer::tell(std::int64_t device_id) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Result<std::vector<File>> files = co_await repository_.unannounced(device_id);
    bool is_done = static_cast<bool>(files);
    if (is_done) {
      for (const File& file : *files) {
        const bool told = co_await tell_of(file);
        is_done = is_done && told;
      }
    }
    {
      const std::lock_guard lock(mutex_);
      const bool is_wanted = again_.erase(device_id) > 0;
      if (is_wanted) attempt = 0;
      if (is_done && !is_wanted) {
        busy_.erase(device_id);
        co_return;
      }
    }
    const bool go_on = co_await host_.sleep(kPauseMs);
    if (!go_on) break;
  }
  const std::lock_guard lock(mutex_);
  busy_.erase(device_id);
  again_.erase(device_id);
}

Task<bool> Announcer::tell_of(File file) {
  const bool is_for_watchers = file.creator.kind == "device" && file.announce != Announce::kDevice;
  if (!is_for_watchers) {
    const Result<LinkState> link = co_await link_.call<DeviceLink::State>(file.device_id);
    if (!link) co_return false;
    if (!link->is_connected) co_return true;  // its coming wakes us
  }
  const PrincipalId& on_whose_right = file.announcer.kind.empty() ? file.creator : file.announcer;
  const Result<Timestamp> may = co_await rights_.check(on_whose_right, file.device_id);
  if (may) {
    const Result<Published> published = co_await publish(file, is_for_watchers);
    if (!published || (!is_for_watchers && !published->has_receiver)) co_return false;
  } else if (may.error().status == Status::kForbidden) {
    host_.info("a file is not announced: on whose behalf it would be has lost access",
               {{"file", std::to_string(file.id)}, {"principal", key_of(on_whose_right)}});
  } else {
    co_return false;
  }
  const Result<void> marked = co_await repository_.set_announced(std::move(file));
  co_return static_cast<bool>(marked);
}

Task<Result<Published>> Announcer::publish(File file, bool is_for_watchers) {
  const Service::Url url = co_await ok(service_.url_for_device(Direction::kDownload, file.id, file.device_id));
  const FileAvailable news{.file_id = file.id,
                           .name = file.name,
                           .kind = file.kind,
                           .size = file.size,
                           .sha256 = file.sha256,
                           .url = url.text,
                           .expires_at = url.expires_at,
                           .command_id = "cmd_" + random_text(16),
                           .issued_at = now()};
  const Publish message{file.device_id, json::write(news), url.expires_at.us};
  if (is_for_watchers) co_return co_await link_.call<DeviceLink::PublishStatus>(message);
  co_return co_await link_.call<DeviceLink::PublishCommand>(message);
}

}  // namespace gatetorio::file_transfer
