import { describe, expect, it } from "vitest";
import { kSamplesKept, withSample, type Sample } from "./health_history";
import { averageMsSeries, gaugeSeries, plainName, rateSeries, sumOf } from "./metric_series";

function sample(atMs: number, metrics: Record<string, number>): Sample {
  const overview = {
    version: "1",
    started_at: "",
    status: "healthy",
    healthy: true,
    ready: true,
    at: "2026-01-01T00:00:00.000Z",
    devices: null,
    facts: {},
    plugins: {},
    metrics,
  };
  return { atMs, overview };
}

describe("series of metrics", () => {
  it("names are compared without prefix and labels", () => {
    expect(plainName('gatetorio_http_requests_total{status="2xx"}')).toBe("http_requests_total");
  });

  it("a metric is the sum over its labels", () => {
    const metrics = { 'a_total{k="x"}': 2, 'a_total{k="y"}': 3, a_total_other: 9 };
    expect(sumOf(metrics, "a_total")).toBe(5);
    expect(sumOf(metrics, "a_total", 'k="y"')).toBe(3);
    expect(sumOf(metrics, "b_total")).toBeNull();
  });

  it("a counter becomes a rate a second", () => {
    const samples = [sample(0, { n: 10 }), sample(5_000, { n: 20 }), sample(10_000, { n: 20 })];
    const rates = rateSeries(samples, (s) => sumOf(s.overview.metrics, "n"));
    expect(rates.map((point) => point.value)).toEqual([2, 0]);
  });

  it("a restart, where a counter falls, leaves no false peak", () => {
    const samples = [sample(0, { n: 1000 }), sample(5_000, { n: 5 }), sample(10_000, { n: 15 })];
    expect(rateSeries(samples, (s) => sumOf(s.overview.metrics, "n"))).toEqual([{ atMs: 10_000, value: 2 }]);
  });

  it("a metric that comes later begins later", () => {
    const samples = [sample(0, {}), sample(5_000, { n: 1 })];
    expect(gaugeSeries(samples, (s) => sumOf(s.overview.metrics, "n"))).toEqual([{ atMs: 5_000, value: 1 }]);
  });

  it("an average counts only what happened in between", () => {
    const samples = [sample(0, { d_sum: 10, d_count: 5 }), sample(5_000, { d_sum: 10.5, d_count: 15 })];
    expect(averageMsSeries(samples, "d")).toEqual([{ atMs: 5_000, value: 50 }]);
    expect(averageMsSeries([samples[1]!, samples[1]!], "d")).toEqual([]);
  });

  it("only the last samples are kept", () => {
    let samples: Sample[] = [];
    for (let i = 0; i < kSamplesKept + 7; ++i) samples = withSample(samples, sample(i, {}));
    expect(samples).toHaveLength(kSamplesKept);
    expect(samples[0]!.atMs).toBe(7);
  });
});
