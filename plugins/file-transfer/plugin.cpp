// File transfer: small data with its history, large files over signed URLs.
#include "gatetorio/plugin.hpp"

#include "announcer.hpp"
#include "blob_folder.hpp"
#include "content_backup.hpp"
#include "gatetorio/backup.hpp"
#include "gatetorio/credentials.hpp"
#include "gatetorio/events.hpp"
#include "operations.hpp"
#include "small_data.hpp"
#include "url_keys.hpp"

namespace gatetorio::file_transfer {

class FileTransfer : public PluginBase {
 public:
  using Settings = file_transfer::Settings;
  static const Manifest kManifest;
  static const OptionTable<Settings>& options();

  FileTransfer(Host& host, Settings settings)
      : host_(host),
        settings_(std::move(settings)),
        database_(host, kManifest.id),
        jobs_(host, database_, kManifest.id),
        repository_(database_, jobs_),
        keys_(host, repository_, signer_, settings_),
        rights_(host),
        live_(host, rights_, settings_.max_transfers_per_holder),
        disk_(host, "file-transfer"),
        blobs_path_(host.setting("data_dir") + "/" + kManifest.id + "/blobs"),
        folder_(disk_, blobs_path_),
        blobs_(host, &folder_),
        vault_(host, repository_, rights_, settings_),
        service_(host, repository_, rights_, vault_, signer_, settings_),
        transfers_(host, repository_, rights_, live_, vault_, signer_, keys_),
        announcer_(host, jobs_, repository_, rights_, service_),
        small_data_(host, repository_, vault_),
        operations_(host, service_, transfers_, announcer_, settings_),
        backup_(host, this) {}

  void configure() {
    operations_.declare();
    backup_.take_part(&FileTransfer::back_up);
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
      if (file.announce != Announce::kNobody) announcer_.wake();
    });
    constexpr std::uint32_t kMessages = 50'000, kChanges = 10'000;
    on<DeviceMessage>(
        WhenFull::kDropOldest, kMessages, [this](const auto& event) { small_data_.take(event); }, kGapIsHarmless);
    on<DevicePresence>(
        WhenFull::kCoalesceByKey, kMessages,
        [this](const auto& event) {
          if (event.is_online) host_.run(announcer_.device_came(event.device_id));
        },
        [this] { all_.wake(); });
    on<DeviceDeleted>(
        WhenFull::kDropOldest, kChanges, [this](const auto& event) { forget(event.device_id); },
        [this] {
          live_.check_all();
          all_.wake();
        });
    on<AccessChanged>(
        WhenFull::kCoalesceByKey, kChanges,
        [this](const auto& event) {
          live_.changed({event.kind, event.id});
        },
        [this] { live_.check_all(); });
    on<CredentialsReplaced>(
        WhenFull::kCoalesceByKey, kChanges,
        [this](const auto& event) {
          live_.changed({event.kind, event.id});
        },
        [this] { live_.check_all(); });
  }

  Task<Result<void>> start();
  Task<Result<void>> stop() {
    disk_.stop();
    co_return Result<void>();
  }

 private:
  template <class Event, class Handler>
  void on(WhenFull policy, std::uint32_t capacity, Handler handler, OnGap on_gap) {
    subscriptions_.push_back(Subscription::to<Event>(host_, policy, capacity, handler, std::move(on_gap)));
  }
  void forget(std::int64_t device_id) {
    live_.device_deleted(device_id);
    small_data_.forget(device_id);
    host_.run(vault_.forget_device(device_id));
  }
  Task<Result<void>> tidy();
  // For what may have happened unheard.
  Task<Result<void>> look_at_all();
  // The content in the folder of blobs; another backend takes a part of its own.
  Task<Result<void>> back_up(BackupStep step, std::string folder);

  Host& host_;
  const Settings settings_;
  Database database_;
  Jobs jobs_;
  Repository repository_;
  UrlSigner signer_;
  UrlKeys keys_;
  Rights rights_;
  LiveTransfers live_;
  DiskThreads disk_;
  const std::string blobs_path_;
  BlobFolder folder_;
  ServiceProvider<BlobFolder> blobs_;
  Vault vault_;
  Service service_;
  Transfers transfers_;
  Announcer announcer_;
  SmallData small_data_;
  Operations operations_;
  BackupPart<FileTransfer> backup_;
  Ticker all_;
  std::vector<Subscription> subscriptions_;
};

Task<Result<void>> FileTransfer::start() {
  co_await ok(database_.migrate());
  co_await ok(folder_.open_folder());
  co_await ok(keys_.load());
  host_.run(vault_.recover());
  jobs_.begin();
  host_.every(LiveTransfers::kWatch, [this] { live_.watch(); });
  constexpr std::chrono::milliseconds kAtOnce(0);
  host_.every(std::chrono::minutes(1), [this] { return tidy(); }, {.what = "tidying up", .first = kAtOnce});
  all_ = host_.every(std::chrono::hours(1), [this] { return look_at_all(); }, {.what = "comparing", .first = kAtOnce});
  co_return Result<void>();
}

Task<Result<void>> FileTransfer::tidy() {
  co_await vault_.release_rooms(live_.uploads());
  co_await vault_.sweep();
  co_return co_await keys_.load();
}

Task<Result<void>> FileTransfer::look_at_all() {
  co_await vault_.forget_gone_devices();
  co_return co_await announcer_.tell_all();
}

Task<Result<void>> FileTransfer::back_up(BackupStep step, std::string folder) {
  const std::string content = folder + "/blobs";
  if (step == BackupStep::kRestore) co_return bring_content_back(content, blobs_path_);
  co_return copy_content(blobs_path_, content, step == BackupStep::kAfter);
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
      option("max_hub_mib", &Settings::max_hub_mib, "The same for all devices together.")
          .unit("MiB")
          .range(1, 1'073'741'824),
      option("max_announced_mib", &Settings::max_announced_mib,
             "What the uploads of one device or user that are not whole may take together, sent or not; above it new "
             "ones are refused with 507.")
          .unit("MiB")
          .range(1, 1'048'576),
      option("reserve_minutes", &Settings::reserve_minutes,
             "How long room is kept for an upload of which no byte comes. It may go on later, if there is room then.")
          .unit("minutes")
          .range(1, 10'080),
      option("max_transfers_per_holder", &Settings::max_transfers_per_holder,
             "Uploads and downloads at a time by URLs of one device or user; more are answered with 429.")
          .range(1, 10'000),
      option("min_free_mib", &Settings::min_free_mib,
             "Free space that uploads leave on the disk; what would go below it is refused with 507.")
          .unit("MiB")
          .range(0, 1'048'576),
      option("keep_days", &Settings::keep_days, "A complete file is deleted after so long.")
          .unit("days")
          .range(1, 36'500),
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
          .range(1, 3'650),
      option("sweep_grace_minutes", &Settings::sweep_grace_minutes,
             "What is too old is deleted only when it has been so for this long while the hub ran and its clock was "
             "not set. A clock"
             " that is wrong for a while then deletes nothing; 0 believes it at once.")
          .unit("minutes")
          .range(0, 10'080)};
  return table;
}

}  // namespace gatetorio::file_transfer

GATETORIO_PLUGIN(gatetorio::file_transfer::FileTransfer)
