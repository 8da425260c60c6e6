// Whether what the page shows is still true. A pure table of states, so that the rule can be tested:
//
//   connecting -> live            the stream is open at the start
//   live       -> interrupted     it broke; a short gap is not worth a word
//   interrupted, live -> stale    it stayed away, or went silent: nothing that moves a gate may be pressed
//   stale, interrupted -> resyncing   it is back, but what happened meanwhile was not heard
//   resyncing  -> live            everything has been asked for again

export type Phase = "connecting" | "live" | "interrupted" | "stale" | "resyncing";

export interface StreamState {
  phase: Phase;
  /** When this phase began, or in `live` when the hub was last heard. */
  sinceMs: number;
  /** Counts the returns; an answer to an older return does not count. */
  round: number;
}

export type StreamNews =
  | { type: "opened" }
  | { type: "heard" }
  | { type: "lost" }
  | { type: "tick" }
  | { type: "resynced"; round: number };

/** A gap shorter than this is not shown. */
export const kGapMs = 4_000;
/** `health` comes every 5 s; two that did not come are an outage, also where the connection seems open. */
export const kSilenceMs = 13_000;

export function begin(nowMs: number): StreamState {
  return { phase: "connecting", sinceMs: nowMs, round: 0 };
}

export function advance(state: StreamState, news: StreamNews, nowMs: number): StreamState {
  const enter = (phase: Phase): StreamState => ({ ...state, phase, sinceMs: nowMs });
  switch (news.type) {
    case "opened":
      if (state.phase === "connecting") return enter("live");
      return { phase: "resyncing", sinceMs: nowMs, round: state.round + 1 };
    case "heard":
      return state.phase === "live" ? enter("live") : state;
    case "lost":
      if (state.phase === "live") return enter("interrupted");
      return state.phase === "resyncing" ? enter("stale") : state;
    case "resynced":
      return state.phase === "resyncing" && news.round === state.round ? enter("live") : state;
    case "tick":
      return advanceByTime(state, nowMs, enter);
  }
}

function advanceByTime(state: StreamState, nowMs: number, enter: (phase: Phase) => StreamState): StreamState {
  const passedMs = nowMs - state.sinceMs;
  if ((state.phase === "interrupted" || state.phase === "connecting") && passedMs >= kGapMs)
    return enter("stale");
  if (state.phase === "live" && passedMs >= kSilenceMs) return enter("stale");
  return state;
}

/** Whether what moves a gate may be pressed. */
export function isInStep(state: StreamState): boolean {
  return state.phase === "live";
}

/** Whether to say that the page is old. */
export function isShownAsStale(state: StreamState): boolean {
  return state.phase === "stale" || state.phase === "resyncing";
}
