import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get } from "../../api/client";
import type { ListEnd, Overview } from "../../api/types";
import type { Point } from "../../live/metric_series";

const kAskMs = 10_000;
const kPointsKept = 120;

export interface DeviceCounts {
  total: number;
  online: number;
}

/** How many devices there are and are online: from the overview, or else by asking the list; null: not known yet. */
export function useDeviceCounts(overview: Overview | undefined): DeviceCounts | null {
  const answers = useQueries({
    queries: [{}, { online: true }].map((filter) => ({
      queryKey: ["count", "/admin/devices", filter],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<ListEnd>("/admin/devices", { ...filter, limit: 1 }, signal),
      refetchInterval: kAskMs,
      enabled: overview !== undefined && overview.devices === undefined,
    })),
  });
  if (overview?.devices) return overview.devices;
  const [total, online] = answers.map((answer) => answer.data?.total);
  return total == null || online == null ? null : { total, online };
}

/** The number online since the view was opened, a point for each news of it. */
export function useOnlineSeries(counts: DeviceCounts | null): readonly Point[] {
  const [points, setPoints] = useState<readonly Point[]>([]);
  const online = counts?.online;
  useEffect(() => {
    if (online === undefined) return;
    const add = () =>
      setPoints((before) => [...before, { atMs: Date.now(), value: online }].slice(-kPointsKept));
    add();
    const again = setInterval(add, kAskMs / 2);
    return () => clearInterval(again);
  }, [online]);
  return points;
}
