// Files as a row and its content together: what has to happen to both, in an order that a crash cannot harm.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <string>

#include "gatetorio/blobs.hpp"
#include "gatetorio/content.hpp"
#include "gatetorio/grace.hpp"
#include "gatetorio/services.hpp"
#include "repository.hpp"
#include "rights.hpp"

namespace gatetorio::file_transfer {

struct Settings {
  std::string blobs = "folder";
  std::int64_t max_file_mib = 4'096;
  std::int64_t max_device_mib = 16'384;
  std::int64_t max_hub_mib = 65'536;
  std::int64_t max_announced_mib = 4'096;
  std::int64_t reserve_minutes = 10;
  std::int64_t max_transfers_per_holder = 16;
  std::int64_t min_free_mib = 512;
  std::int64_t keep_days = 365;
  std::int64_t keep_count = 200;
  std::int64_t upload_hours = 24;
  std::int64_t download_minutes = 60;
  std::int64_t key_days = 30;
  std::int64_t sweep_grace_minutes = 60;
  Room room() const;
  std::chrono::minutes sweep_grace() const { return std::chrono::minutes(sweep_grace_minutes); }
};

inline constexpr std::int64_t kMib = 1024 * 1024;

inline Room Settings::room() const { return {max_device_mib * kMib, max_hub_mib * kMib, max_announced_mib * kMib}; }

// An open blob.
struct OpenBlob {
  Descriptor file;
  std::int64_t size = 0;
};

class Vault {
 public:
  Vault(Host& host, Repository& repository, Rights& rights, const Settings& settings)
      : host_(host),
        repository_(repository),
        rights_(rights),
        blobs_(host, Blobs::kId, settings.blobs),
        devices_(host, DeviceRegistry::kId),
        settings_(settings),
        grace_(settings.sweep_grace()) {}
  // Called when a file has become complete.
  void when_complete(std::function<void(const File&)> call) { when_complete_ = std::move(call); }

  // Makes a file without content; `file` needs no id and no blob. Errors: kTooLarge, kFull.
  Task<Result<File>> create(File file, Call call);
  // Bytes of an upload are about to come: keeps room for all of it. Errors: kFull, kConflict.
  Task<Result<void>> keep_room(File file);
  // Keeps the room of these uploads, and no longer that of others for which no byte has come for a while.
  Task<void> release_rooms(std::vector<std::int64_t> under_way);
  // A file whose content is here: small data.
  Task<Result<File>> store(File file, std::string content, Call call);
  // The part of a file that is being uploaded, for one writer. Errors: kConflict while another has it or completes it.
  Task<Result<OpenBlob>> open_part(File file);
  // What was written is on the disk. Bytes that are there. Errors: kNotFound where the part was sealed or removed.
  Task<Result<std::int64_t>> sync(File file);
  // The content is whole: checks and keeps it, then announces. Errors: kCorrupt, or kForbidden where its creator or the
  // caller may not have to do with the device's files any more; then the file is gone.
  Task<Result<File>> finish(File file, std::string known_sha256, Call call);
  // Errors: kNotFound where the content is not there; kGone, with words for people, where the file is complete all the
  // same: it was lost, which is logged once for each file.
  Task<Result<OpenBlob>> open(File file);
  // The whole content; of small files.
  Task<Result<std::string>> read(File file);
  Task<Result<void>> remove(File file, std::string why, Call call);
  // The same for an upload; one that has become complete meanwhile stays.
  Task<Result<void>> remove_upload(File file, std::string why, Call call);

  // Forgets uploads that have ended and files that are too old or too many, and content without a file. What only the
  // clock condemns stays for a grace (gatetorio/grace.hpp). Not twice at once.
  Task<void> sweep();
  // Completes what a hub that died had sealed.
  Task<void> recover();
  Task<void> forget_device(std::int64_t device_id);
  // The files of devices of whose deletion nobody told.
  Task<void> forget_gone_devices();

 private:
  Task<Result<void>> check_room(std::int64_t size);
  Task<Result<File>> make(File file, bool is_small, Call call);
  Timestamp reserved_from(Timestamp at) const;
  Task<Result<void>> may_complete(File file, Call call);
  // False where something could not be found out.
  Task<bool> sweep_uploads(Timestamp at);
  Task<bool> sweep_files(Timestamp at);
  Task<bool> sweep_orphans(Timestamp at);
  Task<Result<void>> remove_content(File file);
  Error lost(const File& file);

  Host& host_;
  Repository& repository_;
  Rights& rights_;
  ServiceClient blobs_;
  ServiceClient devices_;
  const Settings& settings_;
  Grace grace_;
  std::function<void(const File&)> when_complete_;
  std::mutex mutex_;             // guards the following
  std::set<std::int64_t> lost_;  // files whose loss was logged
};

}  // namespace gatetorio::file_transfer
