// File transfer: small data with its history, large files over signed URLs.
#include "gatetorio/plugin.hpp"

#include "announcer.hpp"
#include "blob_folder.hpp"
#include "gatetorio/events.hpp"
#include "gatetorio/secret.hpp"
#include "operations.hpp"
#include "small_data.hpp"

namespace gatetorio::file_transfer {

namespace {

constexpr std::uint64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayUs = 24 * kMicrosecondsPerHour;

}  // namespace

class FileTransfer : public PluginBase {
 public:
  using Settings = file_transfer::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  FileTransfer(Host& host, Settings settings)
      : host_(host),
        settings_(std::move(settings)),
        database_(host, kManifest.id),
        repository_(database_),
        disk_(host),
        folder_(disk_, host.setting("data_dir") + "/" + kManifest.id + "/blobs"),
        blobs_(host, &folder_),
        vault_(host, repository_, settings_),
        service_(host, repository_, vault_, signer_, settings_),
        transfers_(host, repository_, vault_, signer_),
        announcer_(host, repository_, service_),
        small_data_(host, repository_, vault_),
        operations_(host, service_, transfers_, announcer_, settings_) {}

  void configure() {
    operations_.declare();
    blobs_.on<Blobs::Make>(&BlobFolder::make)
        .on<Blobs::OpenPart>(&BlobFolder::open_part)
        .on<Blobs::Sync>(&BlobFolder::sync)
        .on<Blobs::Seal>(&BlobFolder::seal)
        .on<Blobs::Open>(&BlobFolder::open)
        .on<Blobs::Remove>(&BlobFolder::remove)
        .on<Blobs::List>(&BlobFolder::list)
        .on<Blobs::Space>(&BlobFolder::space)
        .provide(Blobs::kId, "folder");
    vault_.when_complete([this](const File& file) {
      if (file.announce != Announce::kNobody) announcer_.wake(file.device_id);
    });
    constexpr std::uint32_t kMessages = 50'000, kChanges = 10'000;
    on<DeviceMessage>(WhenFull::kDropOldest, kMessages, [this](const auto& event) { small_data_.take(event); });
    on<DevicePresence>(WhenFull::kCoalesceByKey, kMessages, [this](const DevicePresence& event) {
      if (event.is_online) announcer_.wake(event.device_id);
    });
    on<DeviceDeleted>(WhenFull::kDropOldest, kChanges,
                      [this](const DeviceDeleted& event) { host_.run(vault_.forget_device(event.device_id)); });
  }

  Task<Result<void>> start();
  Task<Result<void>> stop() {
    disk_.stop();
    co_return Result<void>();
  }

 private:
  template <class Event, class Handler>
  void on(WhenFull policy, std::uint32_t capacity, Handler handler) {
    subscriptions_.push_back(Subscription::to<Event>(
        host_, policy, capacity, [handler](const Event& event, std::uint64_t) { handler(event); }));
  }
  Task<Result<void>> load_keys();
  Task<void> keep_tidy();

  Host& host_;
  const Settings settings_;
  Database database_;
  Repository repository_;
  UrlSigner signer_;
  DiskThreads disk_;
  BlobFolder folder_;
  ServiceProvider<BlobFolder> blobs_;
  Vault vault_;
  Service service_;
  Transfers transfers_;
  Announcer announcer_;
  SmallData small_data_;
  Operations operations_;
  std::vector<Subscription> subscriptions_;
};

Task<Result<void>> FileTransfer::start() {
  auto migrating = database_.migrate();
  const Result<void> migrated = co_await migrating;
  if (!migrated) co_return migrated.error();
  auto opening = folder_.open_folder();
  const Result<void> opened = co_await opening;
  if (!opened) co_return opened.error();
  auto loading = load_keys();
  const Result<void> loaded = co_await loading;
  if (!loaded) co_return loaded.error();
  host_.run(vault_.recover());
  host_.run(keep_tidy());
  co_return Result<void>();
}

// A new key when the newest is old; the old ones verify until the last URL that they signed has ended.
Task<Result<void>> FileTransfer::load_keys() {
  const std::int64_t at = now().us, life = settings_.key_days * kDayUs;
  const std::int64_t longest_url = std::max(settings_.upload_hours * kMicrosecondsPerHour,
                                            settings_.download_minutes * 60 * kMicrosecondsPerSecond);
  auto rotating = repository_.rotate_keys(random_text(), {at - life}, {at - life - longest_url - kMicrosecondsPerHour});
  const Result<void> rotated = co_await rotating;
  if (!rotated) co_return rotated.error();
  auto reading = repository_.keys();
  Result<std::map<std::int64_t, UrlSigner::Key>> keys = co_await reading;
  if (!keys) co_return keys.error();
  signer_.set_keys(*std::move(keys));
  co_return Result<void>();
}

Task<void> FileTransfer::keep_tidy() {
  while (true) {
    auto waking = announcer_.wake_all();
    co_await waking;
    auto sweeping = vault_.sweep();
    co_await sweeping;
    auto sleeping = host_.sleep(kMinuteMs);
    const bool go_on = co_await sleeping;
    if (!go_on) co_return;
    auto loading = load_keys();
    const Result<void> loaded = co_await loading;
    if (!loaded) host_.warn("the keys of URLs cannot be read", {{"why", loaded.error().detail}});
  }
}

const Manifest FileTransfer::kManifest{
    .id = "file-transfer",
    .version = "1.0.0",
    .summary = "Files between people and devices, and the history of configurations and logs.",
    .affinity = Affinity::kAnyThread,
    .provides = {"gatetorio.blobs/1"},
    .requires_ = {"gatetorio.sql/1", "gatetorio.devices/1", "gatetorio.access/1", "gatetorio.http/1"}};

const OptionTable<Settings>& FileTransfer::options() {
  static const OptionTable<Settings> table = {
      option("blobs", &Settings::blobs,
             "Where content is kept: \"folder\" is data_dir/file-transfer/blobs; plugins may bring others."),
      option("max_file_mib", &Settings::max_file_mib, "Largest file; a larger one is refused with 413.")
          .unit("MiB")
          .range(1, 1'048'576),
      option("max_device_mib", &Settings::max_device_mib,
             "What all files of one device may take together; above it uploads are refused with 507.")
          .unit("MiB")
          .range(1, 16'777'216),
      option("max_hub_mib", &Settings::max_hub_mib, "The same for all devices together.").unit("MiB").range(1, 1'073'741'824),
      option("min_free_mib", &Settings::min_free_mib,
             "Free space that uploads leave on the disk; what would go below it is refused with 507.")
          .unit("MiB")
          .range(0, 1'048'576),
      option("keep_days", &Settings::keep_days, "A complete file is deleted after so long.").unit("days").range(1, 36'500),
      option("keep_count", &Settings::keep_count,
             "Of each device and kind of file the newest so many are kept; older ones are deleted.")
          .unit("files")
          .range(1, 100'000),
      option("upload_hours", &Settings::upload_hours,
             "How long an upload URL is good, and an upload may take. A device with a slow line needs long.")
          .unit("hours")
          .range(1, 720),
      option("download_minutes", &Settings::download_minutes,
             "How long a download URL is good. A device whose URL has ended asks for a fresh one.")
          .unit("minutes")
          .range(1, 10'080),
      option("key_days", &Settings::key_days, "How long a key signs URLs before the next one does.")
          .unit("days")
          .range(1, 3'650)};
  return table;
}

}  // namespace gatetorio::file_transfer

GATETORIO_PLUGIN(gatetorio::file_transfer::FileTransfer)
