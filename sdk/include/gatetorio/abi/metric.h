/* Metrics in the Prometheus model. Names are the plugin's: "gatetorio_<plugin>_<what>_<unit>[_total]". */
#ifndef GATETORIO_ABI_METRIC_H
#define GATETORIO_ABI_METRIC_H

#include "base.h"
#include "log.h" /* gtr_field */

#define GTR_METRICS_ID "gatetorio.host.metrics/1"

typedef struct gtr_metric gtr_metric;

enum { GTR_METRIC_COUNTER = 0, GTR_METRIC_GAUGE = 1, GTR_METRIC_HISTOGRAM = 2 /* seconds, 50 us to 10 s */ };

typedef struct gtr_metrics {
  uint32_t size;
  /* One series; the same name and labels give the same one. Never NULL; lives as long as the process. */
  gtr_metric* (*get)(gtr_host* host, uint32_t kind, gtr_bytes name, gtr_bytes help, const gtr_field* labels,
                     uint32_t label_count);
  /* Adds to a counter or gauge, records in a histogram. Lock-free for counters and gauges. */
  void (*add)(gtr_metric* metric, double value);
  void (*set)(gtr_metric* metric, double value); /* gauges only */
} gtr_metrics;

#endif
