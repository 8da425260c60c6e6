import { useList } from "../../api/list";
import type { AuditEntry } from "../../api/types";
import { Empty } from "../../parts/layout";
import { t } from "../../strings";
import { AuditTable } from "../audit/AuditTable";

/** The log names a device by its id, which stays when it is renamed. */
export function DeviceAudit({ deviceId }: { deviceId: number }) {
  const target = `device:${deviceId}`;
  const list = useList<AuditEntry>("/admin/audit", "entries", { target });
  // The hub compares from the beginning: device:1 would bring device:17 along.
  const rows = list.rows.filter((entry) => entry.target === target);
  return (
    <AuditTable
      list={{ ...list, rows, position: null }}
      empty={<Empty title={t.audit.none} next={t.audit.noneNext} />}
    />
  );
}
