import type { Device } from "../../api/types";
import { Button } from "../../parts/Button";
import { Given } from "../../parts/Words";
import { t } from "../../strings";

type Names = Pick<Device, "controller_id" | "device_name">;

interface ConflictProps {
  seen: Names;
  now: Names;
  wanted: Names;
  onTakeTheirs(): void;
  onOverwrite(): void;
}

const kFields: readonly [keyof Names, string][] = [
  ["controller_id", t.columns.device],
  ["device_name", t.columns.name],
];

/** Somebody else saved first: what was shown, what is there now, and what this person wanted. */
export function Conflict({ seen, now, wanted, onTakeTheirs, onOverwrite }: ConflictProps) {
  return (
    <div role="alert">
      <p>{t.conflict.text}</p>
      <table className="mini-table">
        <thead>
          <tr>
            <td />
            <th scope="col">{t.conflict.seen}</th>
            <th scope="col">{t.conflict.now}</th>
            <th scope="col">{t.conflict.wanted}</th>
          </tr>
        </thead>
        <tbody>
          {kFields.map(([field, label]) => (
            <tr key={field} className={seen[field] === now[field] ? undefined : "is-changed"}>
              <th scope="row">{label}</th>
              <td>
                <Given text={seen[field]} />
              </td>
              <td>
                <Given text={now[field]} />
              </td>
              <td>
                <Given text={wanted[field]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="dialog-buttons">
        <Button onPress={onTakeTheirs} autoFocus>
          {t.conflict.takeTheirs}
        </Button>
        <Button kind="danger" onPress={onOverwrite}>
          {t.conflict.overwrite}
        </Button>
      </div>
    </div>
  );
}
