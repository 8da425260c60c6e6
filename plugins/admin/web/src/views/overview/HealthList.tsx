import { Link } from "wouter";
import type { Overview } from "../../api/types";
import { Panel } from "../../parts/layout";
import { Badge, type Tone } from "../../parts/Words";
import { t } from "../../strings";

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

function isWell(state: string): boolean {
  return state === "started";
}

export function pluginTone(state: string): Tone {
  if (isWell(state)) return "good";
  return state === "off" || state === "stopped" ? "calm" : "bad";
}
