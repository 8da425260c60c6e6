/* Where a plugin's code runs: the hub's worker threads, on a lane (one task at a time) or on any of them, as the
 * plugin's descriptor says. A task may compute and may make short local reads; it must not wait for a network, a
 * condition or a sleep. */
#ifndef GATETORIO_ABI_EXECUTOR_H
#define GATETORIO_ABI_EXECUTOR_H

#include "base.h"

#define GTR_EXECUTOR_ID "gatetorio.host.executor/1"

typedef void (*gtr_task_fn)(void* context);

typedef struct gtr_executor {
  uint32_t size;
  /* Runs the task later on the plugin's executor; never inside this call. FIFO for a plugin on a lane. */
  void (*post)(gtr_host* host, gtr_task_fn task, void* context);
  /* Runs the task now where the calling thread is already on the plugin's executor, else as `post`. */
  void (*dispatch)(gtr_host* host, gtr_task_fn task, void* context);
  /* Completes with GTR_OK after `delay_ms` milliseconds or with GTR_CANCELLED, on the plugin's executor. Returns a
   * timer number for `cancel_timer`; cancelling one that has fired does nothing. */
  uint64_t (*start_timer)(gtr_host* host, uint64_t delay_ms, gtr_completion done);
  void (*cancel_timer)(gtr_host* host, uint64_t timer);
} gtr_executor;

#endif
