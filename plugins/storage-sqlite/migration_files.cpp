#include "migration_files.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace gatetorio::storage_sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_-";

Error bad(const std::string& plugin, const std::string& what) {
  return {.status = Status::kInvalid, .detail = "migrations of " + plugin + ": " + what};
}

bool made_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// "0001_devices.sqlite.sql" is number 1 of dialect "sqlite"; without a dialect it is for every database.
struct FileName {
  std::int64_t number = 0;
  std::string_view dialect;
};

std::optional<FileName> parse_name(std::string_view name) {
  constexpr std::size_t kPrefix = 5;  // "0001_"
  name.remove_suffix(std::string_view(".sql").size());
  FileName parsed;
  if (const auto dot = name.find('.'); dot != std::string_view::npos) {
    parsed.dialect = name.substr(dot + 1);
    name = name.substr(0, dot);
    if (parsed.dialect != "sqlite" && parsed.dialect != "postgres") return std::nullopt;
  }
  if (name.size() <= kPrefix || name[kPrefix - 1] != '_' || !made_of(name.substr(0, kPrefix - 1), kDigits) ||
      !made_of(name.substr(kPrefix), kNameCharacters)) {
    return std::nullopt;
  }
  std::from_chars(name.data(), name.data() + kPrefix - 1, parsed.number);
  return parsed;
}

std::string sha256(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out.push_back(kHex[digest[i] >> 4]);
    out.push_back(kHex[digest[i] & 15]);
  }
  return out;
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (!in || (in.peek() != std::ifstream::traits_type::eof() && !(out << in.rdbuf()))) return std::nullopt;
  return std::move(out).str();
}

Result<std::vector<MigrationFile>> read_folder(const fs::path& folder, const std::string& plugin) {
  std::vector<MigrationFile> files;
  for (const auto& item : fs::directory_iterator(folder)) {
    const std::string name = item.path().filename().string();
    if (!item.is_regular_file() || !name.ends_with(".sql")) continue;
    const std::optional<FileName> parsed = parse_name(name);
    if (!parsed) return bad(plugin, name + " is not named NNNN_name.sql, .sqlite.sql or .postgres.sql");
    if (parsed->dialect == "postgres") continue;
    std::optional<std::string> sql = read_file(item.path());
    if (!sql)
      return Error{.status = Status::kUnavailable, .detail = "migrations of " + plugin + ": cannot read " + name};
    std::string checksum = sha256(*sql);
    files.push_back({parsed->number, name, *std::move(sql), std::move(checksum)});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return files;
}

Result<std::vector<MigrationFile>> without_gaps(std::vector<MigrationFile> files, const std::string& plugin) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto expected = static_cast<std::int64_t>(i) + 1;
    if (files[i].number == expected) continue;
    if (i > 0 && files[i].number == files[i - 1].number) {
      return bad(plugin, files[i - 1].name + " and " + files[i].name + " have the same number");
    }
    return bad(plugin, files[i].name + " found where number " + std::to_string(expected) + " is missing");
  }
  return files;
}

}  // namespace

Result<std::vector<MigrationFile>> read_migrations(const sql::MigrateRequest& request) {
  // The name becomes part of a path.
  if (!made_of(request.plugin, "abcdefghijklmnopqrstuvwxyz0123456789-")) {
    return Error{.status = Status::kInvalid,
                 .detail = "the name of a plugin has lower-case letters, digits and dashes"};
  }
  try {
    for (const std::string& directory : request.directories) {
      const fs::path folder = fs::path(directory) / request.plugin;
      if (!fs::is_directory(folder)) continue;
      auto files = read_folder(folder, request.plugin);
      if (!files) return files;
      return without_gaps(*std::move(files), request.plugin);
    }
  } catch (const fs::filesystem_error& e) {
    return Error{.status = Status::kUnavailable,
                 .detail = "migrations of " + request.plugin + ": " + e.code().message()};
  }
  return Error{.status = Status::kNotFound, .detail = "there is no folder with migrations of " + request.plugin};
}

}  // namespace gatetorio::storage_sqlite
