// What the process keeps of memory that nobody uses any more. With glibc's defaults many threads and mixed sizes leave
// holes all over, and a hub grows for hours under the same load.
#pragma once

namespace gatetorio::core {

// Few arenas, and large blocks straight from the system, which takes them back when they are freed. Before any thread
// is made. What the environment sets (MALLOC_ARENA_MAX, GLIBC_TUNABLES) stays. Elsewhere than on glibc: nothing.
void bound_heap();

// Gives free pages back to the system; some milliseconds for each 100 MiB. Any thread.
void give_back_heap();

}  // namespace gatetorio::core
