// What the engine tells about itself. The plugin turns it into metrics, log lines and health; tests count it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gatetorio/sql.hpp"

namespace gatetorio::storage_postgres {

using sql::Done;

struct CommitReport {
  double seconds = 0;       // from BEGIN to the answer to COMMIT, repetitions included
  std::size_t batches = 0;  // that shared the commit, the failed ones too
  std::size_t waiting = 0;  // batches that wait for the next one
  std::size_t repeats = 0;  // rounds that the server refused because of other transactions
};

// Calls come from the engine's threads, several at a time. They must be quick and must not throw.
struct Observer {
  std::function<void(const CommitReport&)> committed = [](const CommitReport&) {};
  // Whether both reading and writing have a connection; told where it changes.
  std::function<void(bool)> connected = [](bool) {};
  // How many connections are open; told where it changes.
  std::function<void(std::size_t)> connections = [](std::size_t) {};
  // For the operator's log: `detail` may hold SQL text and names of tables, never values.
  std::function<void(std::string_view message, std::string_view detail)> problem = [](std::string_view,
                                                                                      std::string_view) {};
};

}  // namespace gatetorio::storage_postgres
