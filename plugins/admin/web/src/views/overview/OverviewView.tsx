import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { get } from "../../api/client";
import type { Overview } from "../../api/types";
import { useLive } from "../../live/LiveProvider";
import { averageMsSeries, rateSeries, sumOf } from "../../live/metric_series";
import { useNowMs } from "../../parts/clock";
import { formatNumber, formatSpan } from "../../parts/format";
import { Loading, Panel, ViewHead } from "../../parts/layout";
import { LineChart } from "../../parts/LineChart";
import { ErrorBox } from "../../parts/notices";
import { Badge } from "../../parts/Words";
import { t } from "../../strings";
import { useDeviceCounts, useOnlineSeries, type DeviceCounts } from "./device_counts";
import { CommandOutcomes } from "./CommandOutcomes";
import { HealthList } from "./HealthList";
import { LatestCommands } from "./LatestCommands";

export function OverviewView() {
  const { samples } = useLive();
  const { data, error, refetch } = useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => get<Overview>("/admin/overview", {}, signal),
  });
  const counts = useDeviceCounts(data);
  const online = useOnlineSeries(counts);
  if (!data) {
    return (
      <>
        <ViewHead title={t.overview.title} />
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading />}
      </>
    );
  }
  return (
    <>
      <ViewHead
        title={t.overview.title}
        beside={<StatusBadge overview={data} />}
        lead={<Running overview={data} />}
      />
      <div className="tiles">
        <DevicesTile counts={counts} />
        <CommandOutcomes />
      </div>
      <div className="columns">
        <Panel title={t.overview.charts}>
          <div className="charts">
            <LineChart
              title={t.overview.devicesOnline}
              unit={t.overview.unitDevices}
              points={online}
              atLeast={counts?.total ?? 0}
            />
            <LineChart
              title={t.overview.requests}
              unit={t.overview.unitPerSecond}
              points={rateSeries(samples, ({ overview }) => sumOf(overview.metrics, "http_requests_total"))}
            />
            <LineChart
              title={t.overview.latency}
              unit={t.overview.unitMs}
              points={averageMsSeries(samples, "operation_seconds")}
            />
          </div>
        </Panel>
        <HealthList overview={data} />
      </div>
      <LatestCommands />
    </>
  );
}

function StatusBadge({ overview }: { overview: Overview }) {
  const isWell = overview.status === "healthy" && overview.ready;
  return <Badge tone={isWell ? "good" : "bad"}>{isWell ? t.overview.healthy : overview.status}</Badge>;
}

function Running({ overview }: { overview: Overview }) {
  const nowMs = useNowMs();
  return (
    <>{t.overview.running(overview.version, formatSpan(nowMs - new Date(overview.started_at).getTime()))}</>
  );
}

function DevicesTile({ counts }: { counts: DeviceCounts | null }) {
  const { online, total } = counts ?? { online: 0, total: 0 };
  const offline = total - online;
  return (
    <section className="tile">
      <h2>{t.overview.devicesOnline}</h2>
      <p className="tile-number tabular">
        {counts ? formatNumber(online) : t.common.nothing} <small>{t.overview.of(formatNumber(total))}</small>
      </p>
      <meter
        className="meter"
        min={0}
        max={Math.max(total, 1)}
        value={online}
        aria-label={t.overview.devicesOnline}
      />
      {offline > 0 ? (
        <Link href="/devices?online=false&sort=last_seen">
          {t.overview.seeOffline(formatNumber(offline))}
        </Link>
      ) : (
        <Link href="/devices">{t.overview.seeDevices}</Link>
      )}
    </section>
  );
}
