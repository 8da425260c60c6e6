// A folder of its own for a test, and files in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gatetorio::testing {

// Made empty; gone with everything in it when the object ends.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The file's text; empty where there is no such file.
std::string read_file(const std::filesystem::path& path);
// Throws std::runtime_error where it cannot be written.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace gatetorio::testing
