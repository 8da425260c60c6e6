// The only file of this plugin with SQL.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatetorio/database.hpp"
#include "url_signer.hpp"

namespace gatetorio::file_transfer {

// Who is still to be told of a file: nobody; the device of what people uploaded, and its watchers of what it uploaded
// itself; or the device in any case.
enum class Announce : std::int64_t { kNobody = 0, kWhomItConcerns = 1, kDevice = 2 };

struct File {
  std::int64_t id = 0;
  std::int64_t device_id = 0;
  std::string name;
  std::string kind;
  std::int64_t size = 0;
  std::string sha256;  // hex; empty: not known yet
  std::string state = "uploading";
  std::string blob;
  std::string creator_kind;
  std::int64_t creator_id = 0;
  Timestamp created_at;
  Timestamp upload_until;
  Announce announce = Announce::kNobody;
  bool is_complete() const { return state == "complete"; }
};

class Repository {
 public:
  explicit Repository(Database& database) : database_(database) {}

  // Its id. Errors: kFull where the device's or the hub's files would be more than these bytes.
  Task<Result<std::int64_t>> create(File file, std::int64_t most_of_device, std::int64_t most_of_hub, Call call);
  // The content is whole. False: it was so already, or the file is gone.
  Task<Result<bool>> complete(File file, Call call);
  // Errors: kNotFound.
  Task<Result<File>> find(std::int64_t file_id);
  Task<Result<std::vector<File>>> list(std::int64_t device_id, std::optional<std::string> kind, std::int64_t before,
                                       std::int64_t limit);
  // The newest complete one of a kind.
  Task<Result<std::optional<File>>> newest(std::int64_t device_id, std::string kind);
  // False: it was not there.
  Task<Result<bool>> remove(File file, std::string why, Call call);
  Task<Result<std::vector<File>>> of_device(std::int64_t device_id);

  // Complete ones of which somebody is still to be told; of one device, or of all (0).
  Task<Result<std::vector<File>>> unannounced(std::int64_t device_id);
  Task<Result<void>> set_announced(std::int64_t file_id);
  // Tell of it (again). Errors: kNotFound.
  Task<Result<void>> announce_again(File file, Call call);

  Task<Result<std::vector<File>>> uploading();
  // Complete ones beyond the newest `count` of their device and kind, or completed before `since`.
  Task<Result<std::vector<File>>> outdated(Timestamp since, std::int64_t count);
  Task<Result<std::vector<std::string>>> blobs();

  Task<Result<std::map<std::int64_t, UrlSigner::Key>>> keys();
  // Adds one, unless a newer than `since` is there; forgets those older than `until`.
  Task<Result<void>> rotate_keys(std::string secret, Timestamp since, Timestamp until);

 private:
  Task<Result<std::vector<File>>> files_of(sql::Batch batch);
  Database& database_;
};

}  // namespace gatetorio::file_transfer
