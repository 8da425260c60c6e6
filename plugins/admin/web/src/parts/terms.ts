// When and how often access holds, in one line.
import { t } from "../common_strings";
import { formatMoment } from "./format";

export interface Terms {
  valid_from?: string | null | undefined;
  schedule?: Schedule | null | undefined;
  max_uses?: number | null | undefined;
  /** Where they are counted. */
  uses?: number | null | undefined;
}

interface Schedule {
  time_zone: string;
  windows: { days: string[]; from: string; to: string }[];
  except?: string[] | null;
}

/** "Mon Tue 08:00–18:00 (Europe/Berlin), not on 2026-12-24; 1 of 5 uses"; empty where it holds at any time. */
export function termsText(terms: Terms): string {
  const parts: string[] = [];
  if (terms.valid_from) parts.push(t.terms.from(formatMoment(terms.valid_from)));
  if (terms.schedule && terms.schedule.windows.length > 0) parts.push(scheduleText(terms.schedule));
  if (terms.max_uses != null) parts.push(t.terms.uses(terms.uses ?? null, terms.max_uses));
  return parts.join("; ");
}

function scheduleText({ time_zone, windows, except }: Schedule): string {
  const words = windows.map(({ days, from, to }) => `${days.map(dayName).join(" ")} ${from}–${to}`);
  const zone = `${words.join(", ")} (${time_zone})`;
  return except && except.length > 0 ? `${zone}, ${t.terms.except(except.join(", "))}` : zone;
}

const dayName = (day: string) => day.charAt(0).toUpperCase() + day.slice(1);
