import type { Configured, PluginEntry } from "../../api/types";
import { Fact, Facts } from "../../parts/layout";
import { Badge, Given } from "../../parts/Words";
import { t } from "../../strings";
import { pluginTone } from "../overview/HealthList";
import { PluginSwitch } from "./PluginSwitch";

export function PluginCard({ plugin, canSwitch }: { plugin: PluginEntry; canSwitch: boolean }) {
  return (
    <article className="panel" aria-labelledby={`plugin-${plugin.id}`}>
      <div className="panel-head">
        <h2 id={`plugin-${plugin.id}`} className="mono">
          {plugin.id}
        </h2>
        <Badge tone={pluginTone(plugin.state)}>{plugin.state}</Badge>
        {!plugin.enabled && <Badge tone="warn">{t.plugins.disabled}</Badge>}
        <div className="panel-beside">{canSwitch && <PluginSwitch plugin={plugin} />}</div>
      </div>
      <p>{plugin.summary}</p>
      <Facts>
        <Fact name={t.plugins.version}>{plugin.version}</Fact>
        <Fact name={t.plugins.provides}>
          <Names names={plugin.provides} />
        </Fact>
        <Fact name={t.plugins.requires}>
          <Names names={plugin.requires} />
        </Fact>
      </Facts>
      <details>
        <summary>{t.plugins.configuration(plugin.configuration.length)}</summary>
        {plugin.configuration.length === 0 ? (
          <p className="faint">{t.plugins.noOptions}</p>
        ) : (
          <Options of={plugin} />
        )}
      </details>
    </article>
  );
}

function Names({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="faint">{t.common.nothing}</span>;
  return (
    <span className="names">
      {names.map((name) => (
        <code key={name} className="mono">
          {name}
        </code>
      ))}
    </span>
  );
}

function Options({ of }: { of: PluginEntry }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div className="scroll-box" tabIndex={0} role="region" aria-label={t.plugins.configurationOf(of.id)}>
      <table className="mini-table options">
        <thead>
          <tr>
            <th scope="col">{t.plugins.option}</th>
            <th scope="col">{t.plugins.value}</th>
            <th scope="col">{t.plugins.from}</th>
          </tr>
        </thead>
        <tbody>
          {of.configuration.map((option) => (
            <tr key={option.name}>
              <th scope="row">
                <span className="mono">{option.name}</span>
                <small className="block faint">{option.help}</small>
              </th>
              <td>
                <Value option={option} />
              </td>
              <td>
                {option.is_default ? (
                  <span className="faint">{t.plugins.isDefault}</span>
                ) : (
                  <Given text={option.source} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ option }: { option: Configured }) {
  if (option.is_secret) return <span className="faint">{t.plugins.secret}</span>;
  return (
    <Given text={typeof option.value === "string" ? option.value : JSON.stringify(option.value)} isMono />
  );
}
