// gatetorio.blobs/1 in a local folder: <name>.part while it is written, <name> when it is whole.
#pragma once

#include <filesystem>
#include <string>

#include "gatetorio/blobs.hpp"
#include "gatetorio/content.hpp"
#include "gatetorio/disk_threads.hpp"

namespace gatetorio::file_transfer {

class BlobFolder {
 public:
  BlobFolder(DiskThreads& disk, std::filesystem::path folder) : disk_(disk), folder_(std::move(folder)) {}

  // Makes the folder, for the hub's user alone. Errors: kUnavailable.
  Task<Result<void>> open_folder();

  // The methods of gatetorio.blobs/1.
  Task<Result<BlobName>> make(BlobNothing request);
  Task<Result<BlobHandle>> open_part(BlobName blob);
  Task<Result<BlobHandle>> sync(BlobName blob);
  Task<Result<BlobSealed>> seal(BlobSeal blob);
  Task<Result<BlobHandle>> open(BlobName blob);
  Task<Result<BlobNothing>> remove(BlobName blob);
  Task<Result<BlobList>> list(BlobNothing request);
  Task<Result<BlobSpace>> space(BlobNothing request);

 private:
  struct OpenFile {
    Descriptor file;
    std::int64_t size = 0;
  };
  Result<OpenFile> open_at(const std::filesystem::path& path, int flags) const;
  Result<OpenFile> lock_part(const std::string& name) const;
  Result<BlobSealed> seal_now(const BlobSeal& blob) const;
  void sync_folder() const;
  std::filesystem::path whole(const std::string& name) const { return folder_ / name; }
  std::filesystem::path part(const std::string& name) const { return folder_ / (name + ".part"); }

  DiskThreads& disk_;
  const std::filesystem::path folder_;
};

// SHA-256 of a file from its beginning, raw. Blocks. Empty where it cannot be read.
std::string sha256_of_file(int descriptor);

}  // namespace gatetorio::file_transfer
