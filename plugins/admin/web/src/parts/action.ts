// A write: does it once, says how it went, and asks anew for what is shown.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNotices } from "./notices";

export interface ActionWords<Result> {
  /** "Jane was removed." */
  done?: string | ((result: Result) => string);
  /** "Jane was not removed." */
  failed: string;
  /** Return true where the error has been shown elsewhere (beside its field). */
  onError?: (error: unknown) => boolean;
}

export interface Action {
  isRunning: boolean;
  /** Resolves to undefined where it failed. */
  run<Result>(act: () => Promise<Result>, words: ActionWords<Result>): Promise<Result | undefined>;
}

export function useAction(): Action {
  const client = useQueryClient();
  const notices = useNotices();
  const [isRunning, setRunning] = useState(false);
  const run = async <Result>(act: () => Promise<Result>, words: ActionWords<Result>) => {
    setRunning(true);
    try {
      const result = await act();
      if (words.done) notices.done(typeof words.done === "string" ? words.done : words.done(result));
      void client.invalidateQueries();
      return result;
    } catch (error) {
      if (!words.onError?.(error)) notices.failed(words.failed, error);
      return undefined;
    } finally {
      setRunning(false);
    }
  };
  return { isRunning, run };
}
