// One clock for all words like "3 minutes ago", so that they change together and cost one timer.
import { useSyncExternalStore } from "react";

const kStepMs = 5_000;
const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    listeners.forEach((tell) => tell());
  }, kStepMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Changes every 5 s. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
