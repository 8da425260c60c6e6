// Dark or light: what the person chose on this device, else what the system wants.
import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const kStored = "gatetorio.theme";
const kChoices: readonly ThemeChoice[] = ["system", "light", "dark"];
const listeners = new Set<() => void>();

function stored(): ThemeChoice {
  try {
    const choice = localStorage.getItem(kStored) as ThemeChoice;
    return kChoices.includes(choice) ? choice : "system";
  } catch {
    return "system"; // storage is switched off
  }
}

let choice = stored();

export function applyTheme() {
  const wantsDark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = choice === "system" ? (wantsDark ? "dark" : "light") : choice;
}

export function followSystemTheme() {
  applyTheme();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
}

export function chooseTheme(next: ThemeChoice) {
  choice = next;
  try {
    localStorage.setItem(kStored, next);
  } catch {
    // It holds until the page is closed.
  }
  applyTheme();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}
