import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { get } from "../../api/client";
import type { CommandState, ListEnd } from "../../api/types";
import { formatNumber } from "../../parts/format";
import { t } from "../../strings";

const kHourMs = 3_600_000;
const kStates: readonly CommandState[] = [
  "completed",
  "acknowledged",
  "moving",
  "sent",
  "delivered",
  "merged",
  "reversed",
  "expired",
  "failed",
];

/** How the commands of the last hour ended, as the hub counts them. */
export function CommandOutcomes() {
  const [from] = useState(() => new Date(Date.now() - kHourMs).toISOString());
  const answers = useQueries({
    queries: kStates.map((state) => ({
      queryKey: ["count", "/admin/commands", state],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<ListEnd>("/admin/commands", { state, from: anHourAgo(), limit: 1 }, signal),
      refetchInterval: 30_000,
    })),
  });
  const counts = Object.fromEntries(kStates.map((state, i) => [state, answers[i]?.data?.total ?? null]));
  const isKnown = answers.every((answer) => answer.data !== undefined);
  const all = Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return (
    <section className="tile tile-wide">
      <h2>{t.overview.commandsLastHour}</h2>
      <p className="tile-number tabular">
        {isKnown ? formatNumber(all) : t.common.nothing}{" "}
        <small>{t.overview.perMinute(formatNumber(all / 60))}</small>
      </p>
      <ul className="outcomes">
        {kStates.map((state) => (
          <li key={state}>
            <Link
              href={`/commands?state=${state}&from=${encodeURIComponent(from)}`}
              className={`outcome outcome-${state}`}
            >
              <span className="tabular">
                {counts[state] === null ? t.common.nothing : formatNumber(counts[state] ?? 0)}
              </span>
              {t.commandState[state]}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function anHourAgo(): string {
  return new Date(Date.now() - kHourMs).toISOString();
}
