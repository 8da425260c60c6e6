// A part in backups, over abi/backup.h: for plugins that keep something outside the SQL storage.
//
//   backup_.take_part(&Vault::backup);                                // in configure()
//   Task<Result<void>> backup(BackupStep step, std::string folder);   // copies into it, or brings back
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gatetorio/abi/backup.h"
#include "gatetorio/host.hpp"

namespace gatetorio {

// abi/backup.h says what each one asks for.
enum class BackupStep : std::uint32_t {
  kBefore = GTR_BACKUP_BEFORE,
  kAfter = GTR_BACKUP_AFTER,
  kRestore = GTR_BACKUP_RESTORE,
};

inline const gtr_backup* backup_table(const Host& host) {
  return static_cast<const gtr_backup*>(host.raw()->get_interface(host.raw(), GTR_BACKUP_ID));
}

// Lives as long as the plugin. A hub of an older version makes no such backups: then nothing is declared.
template <class Self>
class BackupPart {
 public:
  using Method = Task<Result<void>> (Self::*)(BackupStep, std::string folder);

  BackupPart(Host& host, Self* self) : host_(host), self_(self) {}
  BackupPart(const BackupPart&) = delete;
  BackupPart& operator=(const BackupPart&) = delete;

  // In configure(), once. Throws SetupError.
  void take_part(Method method) {
    const gtr_backup* table = backup_table(host_);
    method_ = method;
    if (table != nullptr && table->declare(host_.raw(), &BackupPart::run, this) != GTR_OK) {
      throw SetupError("a plugin has one part in a backup");
    }
  }

 private:
  static void finish(gtr_completion done, const Result<void>& result) {
    if (result) return done.done(done.context, GTR_OK, {nullptr, 0});
    const std::string text = to_json(result.error());
    done.done(done.context, static_cast<gtr_status>(result.error().status), to_bytes(text));
  }
  static void run(void* context, std::uint32_t step, gtr_bytes folder, gtr_completion done) {
    auto* part = static_cast<BackupPart*>(context);
    try {
      spawn((part->self_->*part->method_)(static_cast<BackupStep>(step), std::string(to_view(folder))),
            [done](const Result<void>& result) { finish(done, result); },
            [part, done](std::exception_ptr thrown) {
              part->host_.log_exception("a part of a backup failed", thrown);
              finish(done, Error{.detail = "A part of the backup failed; the log says why."});
            });
    } catch (const std::exception& e) {
      finish(done, Error{.detail = e.what()});
    }
  }

  Host& host_;
  Self* self_;
  Method method_ = nullptr;
};

// For a storage plugin's tools: all parts do the step, in <folder>/<plugin id>. Errors: the first part's.
inline Task<Result<void>> run_backup_parts(Host& host, BackupStep step, std::string folder) {
  const gtr_backup* table = backup_table(host);
  if (table == nullptr) co_return Result<void>();
  auto start = [&](gtr_completion done) {
    table->run(host.raw(), static_cast<std::uint32_t>(step), to_bytes(folder), done);
  };
  co_await ok(host.complete(start));
  co_return Result<void>();
}

}  // namespace gatetorio
