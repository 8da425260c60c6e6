// One batch on its way through the engine.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "failure.hpp"
#include "observer.hpp"

namespace gatetorio::storage_postgres {

struct Entry {
  std::string batch;             // accepted by sql::inspect()
  std::uint32_t statements = 0;  // in it
  Done done = {};
  std::chrono::steady_clock::time_point since = {};  // in the queue
  // Filled on the way:
  std::uint32_t answered = 0;  // statements
  std::string results = {};
  std::optional<Failure> failure = {};

  // As if it had never been sent.
  void reset() {
    answered = 0;
    results.clear();
    failure.reset();
  }
};

}  // namespace gatetorio::storage_postgres
