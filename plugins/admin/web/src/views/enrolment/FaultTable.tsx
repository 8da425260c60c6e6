import { intoView } from "../../parts/into_view";
import { Given } from "../../parts/Words";
import { t } from "../../strings";
import type { FleetFault } from "./fleet_faults";

export function FaultTable({ faults, summary }: { faults: FleetFault[]; summary: string }) {
  return (
    <div className="fleet-faults" role="alert" ref={intoView}>
      <p>
        <strong>{summary}</strong>
      </p>
      <table className="mini-table" aria-label={t.fleet.faults}>
        <thead>
          <tr>
            <th scope="col">{t.fleet.line}</th>
            <th scope="col">{t.fleet.column}</th>
            <th scope="col">{t.fleet.fault}</th>
          </tr>
        </thead>
        <tbody>
          {faults.map(({ line, column, detail }, i) => (
            <tr key={i}>
              <td className="tabular">{line}</td>
              <td>{column ? <Given text={column} isMono /> : t.fleet.whole}</td>
              <td>
                <Given text={detail} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small">{t.fleet.more}</p>
    </div>
  );
}
