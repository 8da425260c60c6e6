// A folder that goes with the object; in memory where the system has a place for that, so that tests need no disk.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace gatetorio::testing {

class TemporaryFolder {
 public:
  // Throws where none can be made.
  TemporaryFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto above = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    path_ = (above / "gatetorio-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + above.string());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace gatetorio::testing
