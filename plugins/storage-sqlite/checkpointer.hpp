// Moves the write-ahead log into the database file. Only the writer's connection does so, between commits: SQLite up to
// 3.51.2 can lose pages where two connections write or checkpoint at once. It waits for a quiet moment where it can.
#pragma once

#include <cstdint>
#include <functional>

#include "connection.hpp"

namespace gatetorio::storage_sqlite {

// For the writer's thread.
class Checkpointer {
 public:
  // `max_wal_bytes`: when the log in use grows over it, a checkpoint no longer waits for a quiet moment.
  Checkpointer(Connection& connection, std::int64_t max_wal_bytes);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  std::int64_t wal_bytes() const { return pages_ * page_bytes_; }
  // After a commit: whether the log is so long that the next batches have to wait for a checkpoint.
  bool overdue() const { return pages_ >= overdue_pages_; }
  // In a quiet moment: whether there is enough to do.
  bool worthwhile() const;
  // Moves what no reader still needs. Does not wait for readers. Returns the seconds that it took.
  double run();
  // Moves everything and empties the log's file. At a clean stop, without readers.
  void truncate();

 private:
  Connection& connection_;
  std::int64_t page_bytes_ = 4096 + 24;
  std::int64_t max_pages_;
  std::int64_t overdue_pages_;
  std::int64_t pages_ = 0;  // in the log, by the last commit
  std::int64_t moved_ = 0;  // of these, moved by the last checkpoint
};

}  // namespace gatetorio::storage_sqlite
