#include "announcer.hpp"

#include "gatetorio/file_kinds.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::file_transfer {

namespace {

// A device that has connected subscribes a moment later. One that is there and hears nothing for hours is tried again
// when it comes the next time.
constexpr JobRule kRule{.at_once = 8,
                        .attempts = 200,
                        .first_pause = std::chrono::milliseconds(250),
                        .longest_pause = std::chrono::minutes(1)};

struct FileAvailable {
  std::string type{kFileAvailable};
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

Announcer::Announcer(Host& host, Jobs& jobs, Repository& repository, Rights& rights, Service& service)
    : host_(host),
      jobs_(jobs),
      repository_(repository),
      rights_(rights),
      service_(service),
      link_(host, DeviceLink::kId) {
  jobs_.handle(
      std::string(kAnnounceJob), [this](Job job) { return tell(std::move(job)); }, kRule);
}

Task<void> Announcer::device_came(std::int64_t device_id) {
  const Result<bool> is_put = co_await repository_.tell_of_waiting(device_id);
  if (is_put && *is_put) wake();
}

Task<Result<void>> Announcer::tell_all() {
  co_await ok(repository_.tell_of_all_waiting());
  wake();
  co_return Result<void>();
}

Task<Result<void>> Announcer::tell(Job job) {
  const std::vector<File> files = co_await ok(repository_.unannounced(std::stoll(job.key)));
  Result<void> done;
  for (const File& file : files) {
    const Result<void> told = co_await tell_of(file);
    if (!told) done = told;
  }
  co_return done;
}

Task<Result<void>> Announcer::tell_of(File file) {
  const bool is_for_watchers = file.creator.kind == "device" && file.announce != Announce::kDevice;
  if (!is_for_watchers) {
    const LinkState link = co_await ok(link_.call<DeviceLink::State>(file.device_id));
    if (!link.is_connected) co_return Result<void>();  // its coming puts a job in
  }
  const PrincipalId& on_whose_right = file.announcer.kind.empty() ? file.creator : file.announcer;
  const Result<Timestamp> may = co_await rights_.check(on_whose_right, file.device_id, file.kind);
  if (may) {
    const Published published = co_await ok(publish(file, is_for_watchers));
    if (!is_for_watchers && !published.has_receiver) {
      co_return Error{.status = Status::kUnavailable, .detail = "The device does not listen."};
    }
  } else if (may.error().status == Status::kForbidden) {
    host_.info("a file is not announced: on whose behalf it would be has lost access",
               {{"file", std::to_string(file.id)}, {"principal", key_of(on_whose_right)}});
  } else {
    co_return may.error();
  }
  co_return co_await repository_.set_announced(std::move(file));
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
