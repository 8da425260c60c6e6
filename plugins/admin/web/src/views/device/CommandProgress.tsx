import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, path } from "../../api/client";
import type { CommandState, SentCommand } from "../../api/types";
import { useLive } from "../../live/LiveProvider";
import { formatClock } from "../../parts/format";
import { t } from "../../strings";
import { CommandStateBadge, resultText } from "../commands/command_columns";

const kAskMs = 1_000;

interface Progress {
  state: CommandState;
  updated_at?: string;
  result?: Record<string, unknown> | null;
}

/** Follows a command to its answer by asking, and to the end of its motion by the hub's events. */
export function CommandProgress({ sent }: { sent: SentCommand }) {
  const { onCommand } = useLive();
  const url = path`/commands/${sent.command_id}`;
  const { data, refetch } = useQuery({
    queryKey: ["one", url],
    queryFn: ({ signal }) => get<Progress>(url, {}, signal),
    refetchInterval: ({ state }) => (isOver(state.data?.state) ? false : kAskMs),
  });
  useEffect(
    () => onCommand((event) => void (event.command_id === sent.command_id && refetch())),
    [onCommand, refetch, sent.command_id],
  );
  const state = data?.state ?? "sent";
  return (
    <div className="progress" role="status">
      <p className="progress-line">
        <CommandStateBadge state={state} />
        <span>{t.console.stateWords[state]}</span>
        {data?.updated_at && <span className="faint tabular">{formatClock(data.updated_at)}</span>}
      </p>
      {data?.result && <pre className="mono">{resultText(data.result)}</pre>}
      <p className="small mono faint">{sent.command_id}</p>
    </div>
  );
}

function isOver(state: CommandState | undefined): boolean {
  return state !== undefined && state !== "sent" && state !== "delivered" && state !== "moving";
}
