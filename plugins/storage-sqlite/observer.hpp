// What the engine tells about itself. The plugin turns it into metrics, log lines and health; tests count it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gatetorio/sql.hpp"

namespace gatetorio::storage_sqlite {

using sql::Done;

struct CommitReport {
  double seconds = 0;          // from BEGIN to the end of COMMIT
  std::size_t batches = 0;     // that shared the commit, the failed ones too
  std::size_t waiting = 0;     // batches that wait for the next one
  std::int64_t wal_bytes = 0;  // size of the write-ahead log that is in use
  bool succeeded = false;
};

// Calls come from the writer's thread, `problem` from readers' threads too. They must be quick and must not throw.
struct Observer {
  std::function<void(const CommitReport&)> committed = [](const CommitReport&) {};
  std::function<void(double seconds)> checkpointed = [](double) {};
  // For the operator's log: `detail` may hold SQL text, never values.
  std::function<void(std::string_view message, std::string_view detail)> problem = [](std::string_view,
                                                                                      std::string_view) {};
};

}  // namespace gatetorio::storage_sqlite
