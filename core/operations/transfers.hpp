// Bytes of calls on their way: a feature may cut them off, a transport says when no more will pass.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "gatetorio/abi/base.h"

namespace gatetorio::core {

class Transfers {
 public:
  // `cut` breaks the connection of the call off that the transport knows by `context`. `ended` fires once.
  std::uint64_t open(void (*cut)(void* context), void* context, gtr_completion ended);
  // By the feature: tells the transport, once. Nothing for one that has ended.
  void cut(std::uint64_t transfer);
  // By the transport, or for an answer without content. After it has returned the transport hears of no cut.
  void end(std::uint64_t transfer);
  void end_all();

 private:
  struct Transfer {
    std::recursive_mutex mutex;  // held while the transport is told: `end` waits for it, or is called from there
    void (*cut)(void* context);
    void* context;
    gtr_completion ended;
    bool is_cut = false;
  };

  std::mutex mutex_;  // guards both
  std::unordered_map<std::uint64_t, std::shared_ptr<Transfer>> transfers_;
  std::uint64_t last_ = 0;
};

}  // namespace gatetorio::core
