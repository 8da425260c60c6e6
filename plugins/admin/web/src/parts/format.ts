// Times, spans and sizes as a person reads them.
const kLocale = "en";
const kDay = new Intl.DateTimeFormat(kLocale, { day: "numeric", month: "short", year: "numeric" });
const kMoment = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const kClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const kNumber = new Intl.NumberFormat(kLocale, { maximumFractionDigits: 1 });
const kRelative = new Intl.RelativeTimeFormat(kLocale, { numeric: "auto", style: "short" });

const kSteps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const kRelativeUntilS = 30 * 86_400;

export function formatNumber(value: number): string {
  return kNumber.format(value);
}

/** In the zone of the reader: `29/11/2026, 02:14:05`. */
export function formatMoment(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : kMoment.format(date);
}

export function formatClock(at: string | number): string {
  return kClock.format(new Date(at));
}

/** "3 min. ago", "in 2 hr."; a date where it is more than a month away. */
export function formatRelative(at: string, nowMs: number): string {
  const ms = new Date(at).getTime();
  if (Number.isNaN(ms)) return at;
  const seconds = Math.round((ms - nowMs) / 1000);
  if (Math.abs(seconds) > kRelativeUntilS) return kDay.format(ms);
  for (const [unit, size] of kSteps) {
    if (Math.abs(seconds) >= size) return kRelative.format(Math.trunc(seconds / size), unit);
  }
  return kRelative.format(Math.abs(seconds) < 5 ? 0 : seconds, "second");
}

/** "2 d 4 h", "5 min", "12 s": the two greatest units. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${kNumber.format(bytes / 1024 ** step)} ${units[step]}`;
}
