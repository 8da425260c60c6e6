import { Link } from "wouter";
import type { Overview } from "../../api/types";
import { useNowMs } from "../../parts/clock";
import { formatBytes, formatRelative } from "../../parts/format";
import { Panel } from "../../parts/layout";
import { Badge, type Tone } from "../../parts/Words";
import { t } from "../../strings";

const kDayMs = 86_400_000;
const kDaysBeforeEnd = 14;

/** What the hub needs, and its plugins: bad ones first. */
export function HealthList({ overview }: { overview: Overview }) {
  const facts = Object.entries(overview.facts).sort(([, a], [, b]) => Number(a) - Number(b));
  const plugins = Object.entries(overview.plugins).sort(
    ([, a], [, b]) => Number(isWell(a)) - Number(isWell(b)),
  );
  return (
    <Panel title={t.overview.health} beside={<Link href="/plugins">{t.menu.plugins}</Link>}>
      <ul className="state-list">
        {facts.map(([name, holds]) => (
          <li key={name}>
            <span>{t.overview.fact(name)}</span>
            <Badge tone={holds ? "good" : "bad"}>{holds ? t.overview.yes : t.overview.no}</Badge>
          </li>
        ))}
        <DiskRow metrics={overview.metrics} />
        <CertificateRow title={t.overview.httpCertificate} ends={overview.metrics[kHttpCertificate]} />
        <CertificateRow title={t.overview.mqttCertificate} ends={overview.metrics[kMqttCertificate]} />
        {plugins.map(([id, state]) => (
          <li key={id}>
            <span className="mono">{id}</span>
            <Badge tone={pluginTone(state)}>{state}</Badge>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const kHttpCertificate = "gatetorio_http_certificate_expires_seconds";
const kMqttCertificate = "gatetorio_transport_mqtt_certificate_expires_seconds";

/** Of the file system with the hub's data. */
function DiskRow({ metrics }: { metrics: Record<string, number> }) {
  const size = metrics["gatetorio_disk_size_bytes"];
  const available = metrics["gatetorio_disk_available_bytes"];
  if (!size || available === undefined) return null;
  const isScarce = available < size / 10;
  return (
    <li>
      <span>{t.overview.disk}</span>
      <Badge tone={isScarce ? "bad" : "good"}>
        {t.overview.diskFree(formatBytes(available), formatBytes(size))}
      </Badge>
    </li>
  );
}

/** `ends`: seconds since 1970; 0 or nothing where there is no certificate. */
function CertificateRow({ title, ends }: { title: string; ends: number | undefined }) {
  const nowMs = useNowMs();
  if (!ends) return null;
  const daysLeft = (ends * 1000 - nowMs) / kDayMs;
  return (
    <li>
      <span>{title}</span>
      <Badge tone={daysLeft < kDaysBeforeEnd ? "bad" : "good"}>
        {t.overview.ends(formatRelative(new Date(ends * 1000).toISOString(), nowMs))}
      </Badge>
    </li>
  );
}

function isWell(state: string): boolean {
  return state === "started";
}

export function pluginTone(state: string): Tone {
  if (isWell(state)) return "good";
  return state === "off" || state === "stopped" ? "calm" : "bad";
}
