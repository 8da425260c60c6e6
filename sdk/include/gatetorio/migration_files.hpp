// For providers of gatetorio.sql/1: the migrations of a plugin as they lie in the file system, and what of them a
// database still lacks. The rules are those of every backend: numbers without a gap, forward only, never changed after
// they were applied. Needs libsodium (target gatetorio::secrets).
#pragma once

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gatetorio/secret.hpp"
#include "gatetorio/sql.hpp"

namespace gatetorio::sql {

struct MigrationFile {
  std::int64_t number = 0;
  std::string name;    // "0001_devices.sql"
  std::string sql;     // its content
  std::string sha256;  // of the content, hexadecimal
};

// A row of the backend's ledger.
struct AppliedMigration {
  std::int64_t number = 0;
  std::string name;
  std::string sha256;
};

namespace detail {

inline Error migration_error(Status status, const std::string& plugin, const std::string& what) {
  return {.status = status, .detail = "migrations of " + plugin + ": " + what};
}

inline bool made_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// "0001_devices.sqlite.sql" is number 1 of dialect "sqlite"; without a dialect it is for every database.
struct MigrationName {
  std::int64_t number = 0;
  std::string_view dialect;
};

inline std::optional<MigrationName> parse_migration_name(std::string_view name) {
  constexpr std::size_t kPrefix = 5;  // "0001_"
  name.remove_suffix(std::string_view(".sql").size());
  MigrationName parsed;
  if (const auto dot = name.find('.'); dot != std::string_view::npos) {
    parsed.dialect = name.substr(dot + 1);
    name = name.substr(0, dot);
    if (parsed.dialect != "sqlite" && parsed.dialect != "postgres") return std::nullopt;
  }
  if (name.size() <= kPrefix || name[kPrefix - 1] != '_' || !made_of(name.substr(0, kPrefix - 1), "0123456789") ||
      !made_of(name.substr(kPrefix), "abcdefghijklmnopqrstuvwxyz0123456789_-")) {
    return std::nullopt;
  }
  std::from_chars(name.data(), name.data() + kPrefix - 1, parsed.number);
  return parsed;
}

inline std::optional<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (!in || (in.peek() != std::ifstream::traits_type::eof() && !(out << in.rdbuf()))) return std::nullopt;
  return std::move(out).str();
}

inline Result<std::vector<MigrationFile>> read_migration_folder(const std::filesystem::path& folder,
                                                                const std::string& plugin, std::string_view dialect) {
  std::vector<MigrationFile> files;
  for (const auto& item : std::filesystem::directory_iterator(folder)) {
    const std::string name = item.path().filename().string();
    if (!item.is_regular_file() || !name.ends_with(".sql")) continue;
    const auto parsed = parse_migration_name(name);
    if (!parsed) {
      return migration_error(Status::kInvalid, plugin,
                             name + " is not named NNNN_name.sql, .sqlite.sql or .postgres.sql");
    }
    if (!parsed->dialect.empty() && parsed->dialect != dialect) continue;
    std::optional<std::string> sql = read_text(item.path());
    if (!sql) return migration_error(Status::kUnavailable, plugin, "cannot read " + name);
    std::string checksum = to_hex(sha256(*sql));
    files.push_back({parsed->number, name, *std::move(sql), std::move(checksum)});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return files;
}

inline Result<std::vector<MigrationFile>> without_gaps(std::vector<MigrationFile> files, const std::string& plugin) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto expected = static_cast<std::int64_t>(i) + 1;
    if (files[i].number == expected) continue;
    const bool is_double = i > 0 && files[i].number == files[i - 1].number;
    return migration_error(Status::kInvalid, plugin,
                           is_double
                               ? files[i - 1].name + " and " + files[i].name + " have the same number"
                               : files[i].name + " found where number " + std::to_string(expected) + " is missing");
  }
  return files;
}

}  // namespace detail

// Reads `NNNN_name.sql` and `NNNN_name.<dialect>.sql` in the first <directory>/<plugin> that exists, in order; those
// for another database are left out, files of other kinds ignored. Blocks. Errors: kNotFound where no such folder
// exists; kInvalid, naming the file, for a name of another form, a number that is missing or there twice; kUnavailable
// for a file that cannot be read.
inline Result<std::vector<MigrationFile>> read_migrations(const MigrateRequest& request, std::string_view dialect) {
  // The name becomes part of a path.
  if (!detail::made_of(request.plugin, "abcdefghijklmnopqrstuvwxyz0123456789-")) {
    return Error{.status = Status::kInvalid,
                 .detail = "the name of a plugin has lower-case letters, digits and dashes"};
  }
  try {
    for (const std::string& directory : request.directories) {
      const auto folder = std::filesystem::path(directory) / request.plugin;
      if (!std::filesystem::is_directory(folder)) continue;
      auto files = detail::read_migration_folder(folder, request.plugin, dialect);
      if (!files) return files;
      return detail::without_gaps(*std::move(files), request.plugin);
    }
  } catch (const std::filesystem::filesystem_error& e) {
    return detail::migration_error(Status::kUnavailable, request.plugin, e.code().message());
  }
  return Error{.status = Status::kNotFound, .detail = "there is no folder with migrations of " + request.plugin};
}

// Compares a ledger, in the order of its numbers, with the files: the rest of the files, from ledger.size() on, is to
// be applied. Errors: kConflict, naming the file, where an applied one was changed or left out or the database is
// newer.
inline Result<void> check_ledger(const std::vector<AppliedMigration>& ledger, const std::vector<MigrationFile>& files,
                                 const std::string& plugin) {
  const auto conflict = [&plugin](const std::string& what) {
    return detail::migration_error(Status::kConflict, plugin, what);
  };
  for (std::size_t i = 0; i < ledger.size(); ++i) {
    if (i >= files.size()) {
      return conflict("the database is newer than this hub: it holds " + ledger.back().name +
                      ", the newest file here is " + (files.empty() ? "none" : files.back().name));
    }
    if (ledger[i].number != files[i].number) return conflict(files[i].name + " was never applied, later ones were");
    if (ledger[i].sha256 != files[i].sha256) return conflict(files[i].name + " was changed after it was applied");
  }
  return {};
}

}  // namespace gatetorio::sql
