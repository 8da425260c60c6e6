// What the charts show, from the hub's counters and gauges. Names may carry a prefix and labels:
// `gatetorio_http_requests_total{status="2xx"}` counts for `http_requests_total`.
import type { Sample } from "./health_history";

export interface Point {
  atMs: number;
  value: number;
}

export function plainName(metric: string): string {
  return metric.replace(/\{.*$/, "").replace(/^gatetorio_/, "");
}

/** The sum over all label sets; null: the hub has no such metric. `label` is a part that the labels must have. */
export function sumOf(metrics: Record<string, number>, name: string, label = ""): number | null {
  let sum: number | null = null;
  for (const [metric, value] of Object.entries(metrics)) {
    if (plainName(metric) === name && metric.includes(label)) sum = (sum ?? 0) + value;
  }
  return sum;
}

export function gaugeSeries(samples: readonly Sample[], read: (sample: Sample) => number | null): Point[] {
  return samples.flatMap((sample) => {
    const value = read(sample);
    return value === null ? [] : [{ atMs: sample.atMs, value }];
  });
}

/** A counter's growth a second. After a restart of the hub it begins at 0 again; that step is left out. */
export function rateSeries(samples: readonly Sample[], read: (sample: Sample) => number | null): Point[] {
  const points = gaugeSeries(samples, read);
  return points.slice(1).flatMap((point, i) => {
    const before = points[i]!;
    const seconds = (point.atMs - before.atMs) / 1000;
    const growth = point.value - before.value;
    return seconds > 0 && growth >= 0 ? [{ atMs: point.atMs, value: growth / seconds }] : [];
  });
}

/** How long one took on average between two samples, in ms; from a histogram's `_sum` (seconds) and `_count`. */
export function averageMsSeries(samples: readonly Sample[], histogram: string): Point[] {
  return samples.slice(1).flatMap((sample, i) => {
    const before = samples[i]!.overview.metrics;
    const now = sample.overview.metrics;
    const count = (sumOf(now, `${histogram}_count`) ?? 0) - (sumOf(before, `${histogram}_count`) ?? 0);
    const sum = (sumOf(now, `${histogram}_sum`) ?? 0) - (sumOf(before, `${histogram}_sum`) ?? 0);
    return count > 0 && sum >= 0 ? [{ atMs: sample.atMs, value: (sum / count) * 1000 }] : [];
  });
}
