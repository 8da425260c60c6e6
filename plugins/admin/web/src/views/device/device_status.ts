import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, path } from "../../api/client";
import type { DeviceStatus } from "../../api/types";

/** What the device said last, as it changes: asked for once, then by the device's own event stream. */
export function useDeviceStatus(controllerId: string) {
  const client = useQueryClient();
  const url = path`/commands/status/${controllerId}`;
  const query = useQuery({
    queryKey: ["one", url],
    queryFn: ({ signal }) => get<DeviceStatus>(url, {}, signal),
  });

  useEffect(() => {
    const source = new EventSource(`/api/v1${path`/devices/${controllerId}/events`}`);
    const change =
      (how: (before: DeviceStatus, data: Record<string, unknown>) => DeviceStatus) => (event: Event) => {
        const data = parsed((event as MessageEvent<string>).data);
        client.setQueryData<DeviceStatus>(["one", url], (before) =>
          before && data ? how(before, data) : before,
        );
      };
    source.addEventListener("state", (event) => {
      const data = parsed((event as MessageEvent<string>).data);
      if (data) client.setQueryData(["one", url], data);
    });
    source.addEventListener(
      "status",
      change((before, status) => ({ ...before, status, status_at: new Date().toISOString() })),
    );
    source.addEventListener(
      "presence",
      change((before, { is_online, last_seen }) => ({
        ...before,
        is_online: Boolean(is_online),
        last_seen: typeof last_seen === "string" ? last_seen : before.last_seen,
      })),
    );
    return () => source.close();
  }, [client, url, controllerId]);
  return query;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
