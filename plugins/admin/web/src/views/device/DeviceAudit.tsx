import { useList } from "../../api/list";
import type { AuditEntry } from "../../api/types";
import { Empty } from "../../parts/layout";
import { t } from "../../strings";
import { AuditTable } from "../audit/AuditTable";

export function DeviceAudit({ controllerId }: { controllerId: string }) {
  const list = useList<AuditEntry>("/admin/audit", "entries", { target: controllerId });
  return <AuditTable list={list} empty={<Empty title={t.audit.none} next={t.audit.noneNext} />} />;
}
