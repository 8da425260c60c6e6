// The only file of this plugin with SQL.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "gatetorio/jobs.hpp"
#include "gatetorio/lists.hpp"
#include "types.hpp"
#include "url_signer.hpp"

namespace gatetorio::file_transfer {

// Who is still to be told of a file: nobody; the device of what people uploaded, and its watchers of what it uploaded
// itself; or the device in any case.
enum class Announce : std::int64_t { kNobody = 0, kWhomItConcerns = 1, kDevice = 2 };

// The kind of job that tells of a device's files. Its key is the device's id.
inline constexpr std::string_view kAnnounceJob = "announce";

struct File {
  std::int64_t id = 0;
  std::int64_t device_id = 0;
  std::string name;
  std::string kind;
  std::int64_t size = 0;
  std::string sha256;  // hex; empty: not known yet
  std::string state = "uploading";
  std::string blob;
  PrincipalId creator;
  Timestamp created_at;
  Timestamp upload_until;
  Announce announce = Announce::kNobody;
  PrincipalId announcer = {};  // on whose right it is announced; without a kind: on its creator's
  std::int64_t charged = 0;    // what it is counted with in the totals
  std::int64_t announced = 0;  // of its creator's share of uploads that are not whole
  Timestamp reserved_until;    // room is kept for an upload; 0: none is
  bool is_complete() const { return state == "complete"; }
};

// Bytes that files may take: all of a device, all of the hub, and uploads of one creator that are not whole.
struct Room {
  std::int64_t of_device = 0;
  std::int64_t of_hub = 0;
  std::int64_t of_creator = 0;
};

class Repository {
 public:
  // Jobs of kAnnounceJob are put in with what is to be told.
  Repository(Database& database, const Jobs& jobs) : database_(database), jobs_(jobs) {}

  // Its id. Errors: kFull where there is no such room. A small file, which comes whole, is no announced one.
  Task<Result<std::int64_t>> create(File file, Room room, bool is_small, Call call);
  // Keeps room for an upload that goes on. Errors: kFull; kConflict where it is none any more.
  Task<Result<void>> reserve(File file, Room room, Timestamp until);
  // Keeps room for `arrived` bytes only, unless somebody has gone on with it.
  Task<Result<void>> release(File file, std::int64_t arrived);
  // Keeps the room of uploads that are under way.
  Task<Result<void>> keep_reserved(std::vector<std::int64_t> file_ids, Timestamp until);
  // The content is whole. False: it was so already, or the file is gone.
  Task<Result<bool>> complete(File file, Call call);
  // Errors: kNotFound.
  Task<Result<File>> find(std::int64_t file_id);
  // Of these kinds, newest first.
  Task<Result<std::vector<File>>> list(std::int64_t device_id, FileKinds kinds, std::int64_t before,
                                       std::int64_t limit);
  // Of all devices. `device_id`: the input's device. Errors: kInvalid at /sort or /cursor.
  struct Page {
    ListPage end;
    std::vector<File> files;
  };
  Task<Result<Page>> list_all(AllFilesInput input, std::optional<std::int64_t> device_id);
  // The newest complete one of a kind.
  Task<Result<std::optional<File>>> newest(std::int64_t device_id, std::string kind);
  // False: it was not there, or with `only_upload` it has become complete.
  Task<Result<bool>> remove(File file, bool only_upload, std::string why, Call call);
  Task<Result<std::vector<File>>> of_device(std::int64_t device_id);

  // Complete ones of a device of which somebody is still to be told.
  Task<Result<std::vector<File>>> unannounced(std::int64_t device_id);
  // Puts a job in where there are such. False: there are none.
  Task<Result<bool>> tell_of_waiting(std::int64_t device_id);
  // The same for every device.
  Task<Result<void>> tell_of_all_waiting();
  // What `file` says was to be told has been, or will not be. What has come up since is left.
  Task<Result<void>> set_announced(File file);
  // Tell of it (again), on the caller's right. Errors: kNotFound.
  Task<Result<void>> announce_again(File file, Call call);

  Task<Result<std::vector<File>>> uploading();
  // Complete ones beyond the newest `count` of their device and kind.
  Task<Result<std::vector<File>>> beyond(std::int64_t count);
  // Complete ones that were completed before `since`.
  Task<Result<std::vector<File>>> completed_before(Timestamp since);
  Task<Result<std::vector<std::string>>> blobs();
  // Those that have files.
  Task<Result<std::vector<std::int64_t>>> devices();

  Task<Result<std::map<std::int64_t, UrlSigner::Key>>> keys();
  // Adds one made at `at`, unless there is one from `since` to then. One from the future - the clock was wrong - is
  // none.
  Task<Result<void>> add_key(std::string secret, Timestamp at, Timestamp since);
  Task<Result<void>> remove_key(std::int64_t key_id);

 private:
  Task<Result<std::vector<File>>> files_of(sql::Batch batch);
  Task<Result<std::vector<std::int64_t>>> devices_to_tell(std::int64_t after, std::int64_t limit);
  void put_job(sql::Batch& batch, std::int64_t device_id) const;

  Database& database_;
  const Jobs& jobs_;
};

}  // namespace gatetorio::file_transfer
