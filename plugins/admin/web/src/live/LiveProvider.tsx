// Gives the page what happens in the hub, as it happens, and whether it can be relied on.
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { get } from "../api/client";
import type { CommandEvent, Overview, PresenceEvent } from "../api/types";
import { kSessionKey } from "../session/session";
import { withSample, type Sample } from "./health_history";
import { HubStream, type HubEvent } from "./hub_stream";
import { refreshAfter } from "./refresh";
import { advance, begin, isInStep, isShownAsStale, type StreamNews, type StreamState } from "./stream_state";

const kTickMs = 1_000;
const kReopenMs = 15_000;

export type CommandListener = (event: CommandEvent) => void;
export type PresenceListener = (event: PresenceEvent) => void;

interface Live {
  isInStep: boolean;
  isStale: boolean;
  isResyncing: boolean;
  samples: readonly Sample[];
  onCommand(listener: CommandListener): () => void;
  onPresence(listener: PresenceListener): () => void;
}

const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive is used outside of LiveProvider");
  return live;
}

function reduce(state: StreamState, news: StreamNews): StreamState {
  return advance(state, news, Date.now());
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, tell] = useReducer(reduce, null, () => begin(Date.now()));
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [listeners] = useState(() => ({
    command: new Set<CommandListener>(),
    presence: new Set<PresenceListener>(),
  }));
  const stream = useRef<HubStream | null>(null);

  useEffect(() => {
    const hear = (type: HubEvent, data: unknown) => {
      tell({ type: "heard" });
      if (data === null) return;
      if (type === "health") {
        setSamples((before) => withSample(before, { atMs: Date.now(), overview: data as Overview }));
        client.setQueryData(["overview"], data);
      }
      if (type === "command") listeners.command.forEach((listener) => listener(data as CommandEvent));
      if (type === "presence") listeners.presence.forEach((listener) => listener(data as PresenceEvent));
      refreshAfter(client, type);
    };
    stream.current = new HubStream("/api/v1/admin/events", {
      opened: () => tell({ type: "opened" }),
      lost: () => tell({ type: "lost" }),
      event: hear,
    });
    const tick = setInterval(() => tell({ type: "tick" }), kTickMs);
    return () => {
      clearInterval(tick);
      stream.current?.close();
    };
  }, [client, listeners]);

  const { phase, round } = state;

  // A silent connection is given up when the page calls it stale, and so is one that does not come about.
  useEffect(() => {
    if (phase !== "stale") return;
    const tryAgain = () => {
      stream.current?.reopen();
      void client.invalidateQueries({ queryKey: kSessionKey }); // a stream that is refused does not say why
    };
    tryAgain();
    const again = setInterval(tryAgain, kReopenMs);
    return () => clearInterval(again);
  }, [phase, client]);

  useEffect(() => {
    if (phase !== "resyncing") return;
    Promise.all([get("/admin/session"), client.invalidateQueries()]).then(
      () => tell({ type: "resynced", round }),
      () => tell({ type: "lost" }),
    );
  }, [phase, round, client]);

  const live = useMemo<Live>(
    () => ({
      isInStep: isInStep({ phase, sinceMs: 0, round: 0 }),
      isStale: isShownAsStale({ phase, sinceMs: 0, round: 0 }),
      isResyncing: phase === "resyncing",
      samples,
      onCommand: (listener) => entered(listeners.command, listener),
      onPresence: (listener) => entered(listeners.presence, listener),
    }),
    [phase, samples, listeners],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

function entered<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => void set.delete(listener);
}
