#include "checkpointer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>

namespace gatetorio::storage_sqlite {
namespace {

// A checkpoint costs two flushes of the disk; below this many pages that is not worth it, whatever the quiet.
constexpr std::int64_t kWorthwhilePages = 256;
// How long a clean stop waits for a last reader. Where it stays, the log is simply read again at the next start.
constexpr int kTruncatePatienceMs = 500;

}  // namespace

Checkpointer::Checkpointer(Connection& connection, std::int64_t max_wal_bytes)
    : connection_(connection),
      max_pages_(std::max<std::int64_t>(max_wal_bytes / page_bytes_, kWorthwhilePages)),
      overdue_pages_(max_pages_) {
  sqlite3_wal_hook(
      connection.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        auto* checkpointer = static_cast<Checkpointer*>(self);
        // The log starts again from its beginning once everything in it was moved.
        if (pages < checkpointer->pages_) {
          checkpointer->moved_ = 0;
          checkpointer->overdue_pages_ = checkpointer->max_pages_;
        }
        checkpointer->pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

bool Checkpointer::worthwhile() const { return pages_ - moved_ >= kWorthwhilePages; }

double Checkpointer::run() {
  const auto start = std::chrono::steady_clock::now();
  int in_log = 0;
  int moved = 0;
  if (sqlite3_wal_checkpoint_v2(connection_.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved) ==
      SQLITE_OK) {
    moved_ = moved;
  }
  // A reader may hold the rest back. Trying again at once would find it still there: let the log grow a quarter first.
  overdue_pages_ = std::max(pages_ + max_pages_ / 4, max_pages_);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Checkpointer::truncate() {
  sqlite3_busy_timeout(connection_.handle(), kTruncatePatienceMs);
  sqlite3_wal_checkpoint_v2(connection_.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

}  // namespace gatetorio::storage_sqlite
