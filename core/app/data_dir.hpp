// The folder for everything that the hub writes: whose it is, and which process has it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gatetorio/file_lock.hpp"
#include "gatetorio/result.hpp"

namespace gatetorio::core {

class DataDir {
 public:
  explicit DataDir(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return path_; }

  // Where the process is root's and the folder another user's: becomes that user for good, with its groups, so that
  // what is made from now on can be opened by the hub that runs as that user. Returns the user's name, or an empty one
  // where there was nothing to do. Before any other thread is made. Errors: kUnavailable, with words for the operator.
  Result<std::string> become_owner() const;

  // Takes the folder for this process, by its file hub.lock, as long as the object lives; makes it (mode 0700) where it
  // is missing. Errors: kConflict where another process has it, with its number; kUnavailable.
  Result<void> take();
  // Whether there was nothing in it when it was taken: what is made in it is a new hub.
  bool was_empty() const { return was_empty_; }
  // Who this hub is among those on a database, from start to start: 16 hexadecimal digits, in the folder's file hub.id,
  // which is made where it is missing. The folder must be taken. Errors: kUnavailable; kInvalid where the file holds
  // something else.
  Result<std::string> hub_id() const;

 private:
  const std::filesystem::path path_;
  std::optional<FileLock> lock_;
  bool was_empty_ = false;
};

}  // namespace gatetorio::core
