import { useList } from "../../api/list";
import type { Grant } from "../../api/types";
import { Empty } from "../../parts/layout";
import { t } from "../../strings";
import { GrantTable } from "../users/GrantTable";

export function DeviceUsers({ controllerId }: { controllerId: string }) {
  const list = useList<Grant>("/admin/grants", "grants", { controller_id: controllerId });
  return (
    <GrantTable
      label={t.device.users}
      list={list}
      without="device"
      empty={<Empty title={t.device.noUsers} next={t.device.noUsersNext} />}
    />
  );
}
