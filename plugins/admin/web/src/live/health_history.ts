// The last minutes of the hub's health, as samples for the charts. Kept in memory while the page is open.
import type { Overview } from "../api/types";

export interface Sample {
  atMs: number;
  overview: Overview;
}

/** Ten minutes of a sample every 5 s. */
export const kSamplesKept = 120;

export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples, sample].slice(-kSamplesKept);
}
