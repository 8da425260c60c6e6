// For storage plugins: the tools `backup` and `restore`, which are the same whatever the database.
//
//   gatetorio-hub backup --to FOLDER       the database's part and those of all plugins (backup.hpp), also while a hub
//   runs gatetorio-hub restore --from FOLDER    brings them back into a hub that is stopped
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "gatetorio/backup.hpp"
#include "gatetorio/durable.hpp"
#include "gatetorio/time.hpp"
#include "gatetorio/tools.hpp"

namespace gatetorio::sql {

struct RestoreArguments {
  std::string from;
};
inline const OptionTable<RestoreArguments>& restore_arguments() {
  static const OptionTable<RestoreArguments> table = {
      option("from", &RestoreArguments::from, "The folder that `backup` made.").required()};
  return table;
}

namespace detail {

inline constexpr const char* kBackupNote = "backup.json";  // is there when the backup is whole
inline constexpr const char* kDraftNote = "unfinished";    // is there until then

// The folder <to>.part, which becomes <to> when everything is in it, and else goes.
class BackupDraft {
 public:
  explicit BackupDraft(const std::string& to) : to_(without_slash(to)), path_(to_.string() + ".part") {}
  ~BackupDraft() { discard(); }
  BackupDraft(const BackupDraft&) = delete;
  BackupDraft& operator=(const BackupDraft&) = delete;
  std::string path() const { return path_.string(); }

  // Removes what a backup to the same place left that did not end; nothing else.
  Result<void> make() {
    std::error_code wrong;
    if (std::filesystem::exists(to_, wrong)) {
      return Error{.status = Status::kConflict, .detail = to_.string() + " exists already"};
    }
    discard();
    if (::mkdir(path_.c_str(), 0700) != 0) return durable::failure("cannot make " + path_.string());
    return durable::write(path_ / kDraftNote, "a backup that did not end\n");
  }
  Result<void> finish(const std::string& hub) {
    const boost::json::object note{{"format", 1}, {"hub", hub}, {"made_at", to_rfc3339(now())}};
    if (const auto written = durable::write(path_ / kBackupNote, boost::json::serialize(note) + "\n"); !written) {
      return written;
    }
    if (const auto removed = durable::remove(path_ / kDraftNote); !removed) return removed;
    return durable::rename(path_, to_);
  }

 private:
  static std::filesystem::path without_slash(const std::filesystem::path& path) {
    return path.has_filename() ? path : path.parent_path();
  }
  void discard() {
    std::error_code ignored;
    const bool is_ours =
        std::filesystem::exists(path_ / kDraftNote, ignored) || std::filesystem::exists(path_ / kBackupNote, ignored);
    if (is_ours) std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path to_;
  std::filesystem::path path_;
};

// For `gatetorio-hub doctor` and the metrics: when and where the last one was made. Not worth failing for.
inline void note_last_backup(const Host& host, const std::string& to) {
  const boost::json::object note{{"made_at", to_rfc3339(now())}, {"to", std::filesystem::absolute(to).string()}};
  const std::filesystem::path file = std::filesystem::path(host.setting("data_dir")) / "last-backup.json";
  if (const auto written = durable::write(file, boost::json::serialize(note) + "\n"); !written) {
    host.warn("when this backup was made cannot be noted", {{"why", written.error().detail}});
  }
}

inline Result<void> check_backup(const std::string& folder) {
  std::error_code wrong;
  if (std::filesystem::exists(std::filesystem::path(folder) / kBackupNote, wrong)) return {};
  const bool is_there = std::filesystem::exists(folder, wrong);
  if (wrong) return Error{.status = Status::kUnavailable, .detail = "cannot read " + folder + ": " + wrong.message()};
  if (!is_there) return Error{.status = Status::kNotFound, .detail = "there is no " + folder};
  return Error{.status = Status::kInvalid, .detail = folder + " is no backup, or one that did not end"};
}

}  // namespace detail

// Adds to a backup what it lacks of the plugins' parts, for a database that is saved by other means.
inline Task<Result<void>> add_to_backup(Host& host, std::string to) {
  if (const auto checked = detail::check_backup(to); !checked) co_return checked;
  co_return co_await run_backup_parts(host, BackupStep::kAfter, to);
}

// Makes a backup: `save` gets the storage plugin's own folder in it, which exists, and writes one state of the
// database; empty where the database is saved by other means. The folder `to` appears when everything is in it and on
// the disk. Blocks its worker. Errors: kConflict where `to` exists; those of `save` and of the plugins.
inline Task<Result<void>> run_backup_tool(Host& host, std::string plugin, std::string to,
                                          std::function<Result<void>(const std::string& folder)> save) {
  detail::BackupDraft draft(to);
  if (const auto made = draft.make(); !made) co_return made;
  const Result<void> copied = co_await run_backup_parts(host, BackupStep::kBefore, draft.path());
  if (!copied) co_return copied;
  if (save) {
    const std::string own = draft.path() + "/" + plugin;
    if (::mkdir(own.c_str(), 0700) != 0) co_return durable::failure("cannot make " + own);
    if (const auto saved = save(own); !saved) co_return saved;
  }
  const Result<void> completed = co_await run_backup_parts(host, BackupStep::kAfter, draft.path());
  if (!completed) co_return completed;
  const Result<void> finished = draft.finish(host.setting("version"));
  if (finished) detail::note_last_backup(host, to);
  co_return finished;
}

// What a database does for the tool `restore`. Both may block.
struct RestoreBackend {
  // Checks and copies what is in the folder; nothing of the hub is changed yet.
  std::function<Result<void>(const std::string& folder)> prepare;
  // Puts it in force, all or nothing: whenever it is killed, a hub finds the old database or the new one.
  std::function<Result<void>()> replace;
};

// Brings a backup back: the database is prepared, the plugins take what they miss, the database is replaced. Killed
// before that, the hub goes on with what it had. Errors: kNotFound, kInvalid; those of the backend and of the plugins.
inline Task<Result<void>> run_restore_tool(Host& host, std::string plugin, std::string from, RestoreBackend backend) {
  if (const auto checked = detail::check_backup(from); !checked) co_return checked;
  if (const auto prepared = backend.prepare(from + "/" + plugin); !prepared) co_return prepared;
  const Result<void> taken = co_await run_backup_parts(host, BackupStep::kRestore, from);
  if (!taken) co_return taken;
  co_return backend.replace();
}

}  // namespace gatetorio::sql
