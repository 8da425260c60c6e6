// Small pieces of text: times, names, states.
import type { ReactNode } from "react";
import { t } from "../common_strings";
import { useNowMs } from "./clock";
import { formatMoment, formatRelative } from "./format";

/** "3 min. ago"; the whole time on the pointer and for screen readers. */
export function Ago({ at, never }: { at: string | null | undefined; never?: string }) {
  const nowMs = useNowMs();
  if (!at) return <span className="faint">{never ?? t.common.never}</span>;
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatRelative(at, nowMs)}
    </time>
  );
}

export function Moment({ at, never }: { at: string | null | undefined; never?: string }) {
  if (!at) return <span className="faint">{never ?? t.common.never}</span>;
  return (
    <time dateTime={at} className="tabular">
      {formatMoment(at)}
    </time>
  );
}

/** What a person or a device wrote: kept apart from the text around it, whichever way it is written. */
export function Given({ text, isMono }: { text: string | number | null | undefined; isMono?: boolean }) {
  if (text === null || text === undefined || text === "")
    return <span className="faint">{t.common.nothing}</span>;
  return <bdi className={isMono ? "given mono" : "given"}>{text}</bdi>;
}

export type Tone = "good" | "bad" | "warn" | "busy" | "calm";

export function Badge({ tone = "calm", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

export function OnlineBadge({ isOnline }: { isOnline: boolean }) {
  return <Badge tone={isOnline ? "good" : "calm"}>{isOnline ? t.common.online : t.common.offline}</Badge>;
}

export function LevelBadge({ level }: { level: string }) {
  return <Badge tone={level === "owner" ? "busy" : "calm"}>{level}</Badge>;
}

export function RoleBadge({ role }: { role: string }) {
  return <Badge tone={role === "admin" ? "busy" : "calm"}>{role}</Badge>;
}
