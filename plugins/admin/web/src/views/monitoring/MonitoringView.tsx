import { useState } from "react";
import { useLive } from "../../live/LiveProvider";
import {
  averageMsSeries,
  gaugeSeries,
  plainName,
  rateSeries,
  sumOf,
  type Point,
} from "../../live/metric_series";
import type { Sample } from "../../live/health_history";
import { SelectField, TextField } from "../../parts/fields";
import { formatNumber } from "../../parts/format";
import { Empty, Panel, ViewHead } from "../../parts/layout";
import { LineChart } from "../../parts/LineChart";
import { t } from "../../strings";

interface Chart {
  title: string;
  unit: string;
  points(samples: readonly Sample[]): Point[];
}

function rateOf(name: string, label = "") {
  return (samples: readonly Sample[]) =>
    rateSeries(samples, ({ overview }) => sumOf(overview.metrics, name, label));
}

function valueOf(name: string, scaled = (value: number) => value) {
  return (samples: readonly Sample[]) =>
    gaugeSeries(samples, ({ overview }) => {
      const value = sumOf(overview.metrics, name);
      return value === null ? null : scaled(value);
    });
}

/** Of a time in seconds since 1970; 0: there is none. */
function daysUntil(name: string) {
  return (samples: readonly Sample[]) =>
    gaugeSeries(samples, ({ atMs, overview }) => {
      const seconds = sumOf(overview.metrics, name);
      return seconds ? (seconds - atMs / 1000) / 86_400 : null;
    });
}

const m = t.monitoring;
const kCharts: readonly Chart[] = [
  { title: m.operations, unit: m.perSecond, points: rateOf("operations_total") },
  { title: m.latency, unit: m.ms, points: (samples) => averageMsSeries(samples, "operation_seconds") },
  { title: m.serverErrors, unit: m.perSecond, points: rateOf("http_requests_total", "5xx") },
  { title: m.streams, unit: m.open, points: valueOf("http_streams") },
  { title: m.mqttSessions, unit: m.open, points: valueOf("transport_mqtt_sessions") },
  { title: m.statuses, unit: m.perSecond, points: rateOf("transport_mqtt_statuses_total") },
  { title: m.commits, unit: m.perSecond, points: rateOf("storage_sqlite_commits_total") },
  {
    title: m.commitTime,
    unit: m.ms,
    points: (samples) => averageMsSeries(samples, "storage_sqlite_commit_seconds"),
  },
  { title: m.commits, unit: m.perSecond, points: rateOf("storage_postgres_commits_total") },
  {
    title: m.commitTime,
    unit: m.ms,
    points: (samples) => averageMsSeries(samples, "storage_postgres_commit_seconds"),
  },
  { title: m.diskFree, unit: m.gib, points: valueOf("disk_available_bytes", (bytes) => bytes / 2 ** 30) },
  { title: m.httpCertificate, unit: m.days, points: daysUntil("http_certificate_expires_seconds") },
  { title: m.mqttCertificate, unit: m.days, points: daysUntil("transport_mqtt_certificate_expires_seconds") },
];

/** The charts of what this hub measures (it has one of the databases), and every number it has. */
export function MonitoringView() {
  const { samples } = useLive();
  const metrics = samples[samples.length - 1]?.overview.metrics ?? {};
  const charts = kCharts
    .map((chart) => ({ ...chart, line: chart.points(samples) }))
    .filter(({ line }) => line.length > 0);
  return (
    <>
      <ViewHead title={m.title} lead={m.lead} />
      <Panel title={m.live}>
        {charts.length > 0 ? (
          <div className="charts charts-many">
            {charts.map(({ title, unit, line }) => (
              <LineChart key={title} title={title} unit={unit} points={line} />
            ))}
          </div>
        ) : (
          <Empty title={t.chart.collecting} next={m.collectingNext} />
        )}
      </Panel>
      <OneMetric samples={samples} metrics={metrics} />
      <Numbers metrics={metrics} />
    </>
  );
}

function OneMetric({ samples, metrics }: { samples: readonly Sample[]; metrics: Record<string, number> }) {
  const names = [...new Set(Object.keys(metrics).map(plainName))]
    .filter((name) => !name.endsWith("_bucket"))
    .sort();
  const [chosen, setChosen] = useState("");
  const name = names.includes(chosen) ? chosen : (names[0] ?? "");
  const isCounter = /_(total|count|sum)$/.test(name);
  if (names.length === 0) return null;
  return (
    <Panel title={m.any}>
      <SelectField
        label={m.metric}
        value={name}
        choices={names.map((value) => ({ value, label: value }))}
        onChange={setChosen}
      />
      <LineChart
        title={name}
        unit={isCounter ? m.perSecond : ""}
        points={isCounter ? rateOf(name)(samples) : valueOf(name)(samples)}
      />
    </Panel>
  );
}

function Numbers({ metrics }: { metrics: Record<string, number> }) {
  const [wanted, setWanted] = useState("");
  const rows = Object.entries(metrics)
    .filter(([name]) => name.includes(wanted))
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <Panel title={m.numbers} beside={<a href="/metrics">{m.prometheus}</a>}>
      <TextField label={m.find} type="search" value={wanted} onChange={setWanted} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard */}
      <div className="scroll-box" tabIndex={0} role="region" aria-label={m.numbers}>
        <table className="mini-table">
          <thead>
            <tr>
              <th scope="col">{m.metric}</th>
              <th scope="col">{m.value}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <td className="mono">{name}</td>
                <td className="tabular">{formatNumber(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
