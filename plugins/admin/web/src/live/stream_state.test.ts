import { describe, expect, it } from "vitest";
import {
  advance,
  begin,
  isInStep,
  isShownAsStale,
  kGapMs,
  kSilenceMs,
  type StreamNews,
} from "./stream_state";

function after(...news: [StreamNews, number][]) {
  return news.reduce((state, [what, at]) => advance(state, what, at), begin(0));
}

const opened: StreamNews = { type: "opened" };
const heard: StreamNews = { type: "heard" };
const lost: StreamNews = { type: "lost" };
const tick: StreamNews = { type: "tick" };

describe("the stream", () => {
  it("is in step once it is open", () => {
    expect(isInStep(begin(0))).toBe(false);
    expect(isInStep(after([opened, 100]))).toBe(true);
  });

  it("stops what moves a gate at once when it breaks, and says so after a moment", () => {
    const broken = after([opened, 0], [lost, 1_000]);
    expect(isInStep(broken)).toBe(false);
    expect(isShownAsStale(broken)).toBe(false);
    expect(isShownAsStale(advance(broken, tick, 1_000 + kGapMs))).toBe(true);
  });

  it("counts breaks from the first one, not from each failed attempt", () => {
    const state = after([opened, 0], [lost, 1_000], [lost, 2_000], [lost, 4_000], [tick, 1_000 + kGapMs]);
    expect(state.phase).toBe("stale");
  });

  it("is stale when the hub falls silent while the connection seems open", () => {
    const quiet = after([opened, 0], [heard, 5_000]);
    expect(isInStep(advance(quiet, tick, 5_000 + kSilenceMs - 1))).toBe(true);
    expect(isInStep(advance(quiet, tick, 5_000 + kSilenceMs))).toBe(false);
  });

  it("is stale when it never opened", () => {
    expect(after([tick, kGapMs]).phase).toBe("stale");
  });

  it("is in step again only after everything was asked for anew", () => {
    const back = after([opened, 0], [lost, 1_000], [tick, 9_000], [opened, 10_000]);
    expect(isInStep(back)).toBe(false);
    expect(isShownAsStale(back)).toBe(true);
    expect(isInStep(advance(back, { type: "resynced", round: back.round }, 10_500))).toBe(true);
  });

  it("asks anew after a short gap too: something may have happened in it", () => {
    expect(after([opened, 0], [lost, 1_000], [opened, 1_500]).phase).toBe("resyncing");
  });

  it("does not believe answers from before it broke again", () => {
    const first = after([opened, 0], [lost, 1_000], [opened, 2_000]);
    const second = advance(advance(first, lost, 3_000), opened, 4_000);
    expect(isInStep(advance(second, { type: "resynced", round: first.round }, 4_100))).toBe(false);
    expect(isInStep(advance(second, { type: "resynced", round: second.round }, 4_200))).toBe(true);
  });

  it("leaves silence when something is heard only by an open connection", () => {
    expect(after([opened, 0], [tick, kSilenceMs], [heard, kSilenceMs + 10]).phase).toBe("stale");
  });
});
