#include "core/runtime/heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace gatetorio::core {
namespace {

// Set, it is fixed: by itself it follows the sizes that are freed, up to 32 MiB, and the buffers of transfers would
// then lie between small things that live long.
constexpr int kMmapThreshold = 128 * 1024;
constexpr int kTrimThreshold = 1024 * 1024;

}  // namespace

void bound_heap() {
#ifdef __GLIBC__
  if (std::getenv("GLIBC_TUNABLES") != nullptr) return;
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (std::getenv("MALLOC_ARENA_MAX") == nullptr) mallopt(M_ARENA_MAX, std::max(2, cores));
  mallopt(M_MMAP_THRESHOLD, kMmapThreshold);
  mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
#endif
}

void give_back_heap() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace gatetorio::core
