// Filters of a list live in the address, so that a view can be reloaded, shared and gone back to.
import { useEffect, useState, type ReactNode } from "react";
import { useLocation, useSearch } from "wouter";
import { t } from "../common_strings";
import { Button } from "./Button";
import { TextField } from "./fields";

const kTypingPauseMs = 300;

export interface Filters {
  values: Record<string, string>;
  get(name: string): string;
  set(changes: Record<string, string>): void;
  clear(): void;
  isAnySet: boolean;
}

/** `names`: what may stand in the address; everything else there is ignored. */
export function useFilters(names: readonly string[]): Filters {
  const search = useSearch();
  const [location, navigate] = useLocation();
  const given = new URLSearchParams(search);
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = given.get(name);
    if (value) values[name] = value;
  }
  const write = (next: Record<string, string>) => {
    const text = new URLSearchParams(Object.entries(next).filter(([, value]) => value !== "")).toString();
    navigate(text ? `${location}?${text}` : location, { replace: true });
  };
  return {
    values,
    get: (name) => values[name] ?? "",
    set: (changes) => write({ ...values, ...changes }),
    clear: () => write({}),
    isAnySet: Object.keys(values).some((name) => name !== "sort"),
  };
}

export function FilterBar({ filters, children }: { filters: Filters; children: ReactNode }) {
  return (
    <search className="filters" aria-label={t.table.filters}>
      {children}
      {filters.isAnySet && (
        <Button kind="quiet" icon="close" onPress={filters.clear}>
          {t.table.clearFilters}
        </Button>
      )}
    </search>
  );
}

interface FilterTextProps {
  filters: Filters;
  name: string;
  label: string;
  placeholder?: string;
}

/** Asks the hub when the typing pauses. */
export function FilterText({ filters, name, label, placeholder }: FilterTextProps) {
  const applied = filters.get(name);
  const [typed, setTyped] = useState(applied);
  const [lastApplied, setLastApplied] = useState(applied);
  if (applied !== lastApplied) {
    setLastApplied(applied);
    setTyped(applied);
  }
  useEffect(() => {
    if (typed === applied) return;
    const timer = setTimeout(() => filters.set({ [name]: typed }), kTypingPauseMs);
    return () => clearTimeout(timer);
  });
  return (
    <TextField
      label={label}
      type="search"
      value={typed}
      onChange={setTyped}
      {...(placeholder ? { placeholder } : {})}
    />
  );
}
