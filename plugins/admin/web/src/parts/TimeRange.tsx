import { t } from "../common_strings";
import type { Filters } from "./filters";

/** From and until, in the reader's own zone; the hub is asked in UTC. */
export function TimeRange({ filters }: { filters: Filters }) {
  return (
    <>
      <MomentField label={t.table.from} at={filters.get("from")} onChange={(from) => filters.set({ from })} />
      <MomentField
        label={t.table.until}
        at={filters.get("until")}
        onChange={(until) => filters.set({ until })}
      />
    </>
  );
}

function MomentField({ label, at, onChange }: { label: string; at: string; onChange(at: string): void }) {
  return (
    <label className="field field-moment">
      <span className="label">{label}</span>
      <input
        className="input"
        type="datetime-local"
        value={localOf(at)}
        onChange={(event) => onChange(utcOf(event.target.value))}
      />
    </label>
  );
}

function localOf(at: string): string {
  const date = new Date(at);
  if (!at || Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function utcOf(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
