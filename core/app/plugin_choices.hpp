// Which plugins were switched on or off while the hub ran, beside what hub.plugins says. It counts from the next start
// on, and is kept in <data_dir>/plugins.json: remove that file to go by the configuration alone.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gatetorio/result.hpp"

namespace gatetorio::core {

// Thread-safe once read.
class PluginChoices {
 public:
  explicit PluginChoices(std::filesystem::path file) : file_(std::move(file)) {}

  const std::filesystem::path& file() const { return file_; }
  // Blocks on the disk. Errors: kInvalid where the file is none of ours; then nothing is chosen.
  Result<void> read();
  // The plugins of the next start, where the configuration names these.
  std::vector<std::string> applied(const std::vector<std::string>& configured) const;
  // Blocks until it is on the disk. Errors: kUnavailable, kFull.
  Result<void> set(const std::string& id, bool is_enabled);

 private:
  const std::filesystem::path file_;
  mutable std::mutex mutex_;  // guards choices_
  std::map<std::string, bool> choices_;
};

}  // namespace gatetorio::core
