// Which lists an event makes old. A large fleet sends many events a second: what is shown is asked for again at most
// every few seconds, and only while somebody looks at it.
import type { QueryClient } from "@tanstack/react-query";
import type { HubEvent } from "./hub_stream";

const kPauseMs = 3_000;

const kConcerned: Record<HubEvent, string[]> = {
  presence: ["/admin/devices", "/devices/", "/commands/status/"],
  command: ["/admin/commands", "/admin/audit"],
  registered: ["/admin/devices", "/admin/pending-devices", "/admin/enrolment-keys"],
  renamed: ["/admin/devices", "/admin/grants"],
  deleted: ["/admin/devices"],
  health: [],
};

const waiting = new Map<HubEvent, ReturnType<typeof setTimeout>>();
const refreshedAt = new Map<HubEvent, number>();

export function refreshAfter(client: QueryClient, type: HubEvent) {
  if (kConcerned[type].length === 0 || waiting.has(type)) return;
  const restMs = Math.max(0, (refreshedAt.get(type) ?? 0) + kPauseMs - Date.now());
  waiting.set(
    type,
    setTimeout(() => {
      waiting.delete(type);
      refreshedAt.set(type, Date.now());
      void client.invalidateQueries({ predicate: ({ queryKey }) => concerns(type, queryKey[1]) });
    }, restMs),
  );
}

function concerns(type: HubEvent, url: unknown): boolean {
  return typeof url === "string" && kConcerned[type].some((start) => url.startsWith(start));
}
