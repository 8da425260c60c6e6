import { useList } from "../../api/list";
import { patch, path, remove } from "../../api/client";
import type { AdminEntry } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { Ago, Badge, Given, RoleBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { NewAdmin } from "./NewAdmin";
import { SetPassword } from "./SetPassword";

const kColumns: Column<AdminEntry>[] = [
  { id: "name", header: t.columns.name, place: "main", cell: ({ name }) => <Given text={name} /> },
  { id: "role", header: t.columns.role, cell: ({ role }) => <RoleBadge role={role} /> },
  {
    id: "totp",
    header: t.admins.secondFactor,
    cell: ({ totp_enabled }) => (
      <Badge tone={totp_enabled ? "good" : "calm"}>{totp_enabled ? t.common.on : t.common.off}</Badge>
    ),
  },
  { id: "login", header: t.admins.lastLogin, cell: ({ last_login_at }) => <Ago at={last_login_at} /> },
  { id: "created", header: t.columns.added, cell: ({ created_at }) => <Ago at={created_at} /> },
  { id: "acts", header: t.columns.acts, place: "end", cell: (admin) => <AdminActs admin={admin} /> },
];

const kShownToViewers = kColumns.filter(({ id }) => id !== "acts");

export function AdminsPanel() {
  const { canWrite } = useSession();
  const list = useList<AdminEntry>("/admin/admins", "admins");
  return (
    <>
      {canWrite && (
        <div className="panel-acts">
          <NewAdmin />
        </div>
      )}
      <DataTable
        label={t.admins.admins}
        columns={canWrite ? kColumns : kShownToViewers}
        rowId={(admin) => admin.name}
        list={list}
        empty={<Empty title={t.admins.none} next={t.admins.noneNext} />}
      />
    </>
  );
}

function AdminActs({ admin }: { admin: AdminEntry }) {
  const action = useAction();
  const url = path`/admin/admins/${admin.name}`;
  const other = admin.role === "admin" ? "viewer" : "admin";
  return (
    <div className="acts">
      <ConfirmButton
        label={t.admins.makeRole(other)}
        kind="quiet"
        title={t.admins.makeRoleTitle(admin.name, other)}
        consequence={t.admins.roleText[other]}
        confirmLabel={t.admins.makeRole(other)}
        confirmKind="primary"
        isDisabled={action.isRunning}
        onConfirm={() =>
          void action.run(() => patch(url, { role: other }), {
            done: t.admins.roleChanged(admin.name, other),
            failed: t.admins.notChanged(admin.name),
          })
        }
      />
      <SetPassword name={admin.name} />
      <ConfirmButton
        label={t.common.delete}
        kind="quiet"
        title={t.admins.deleteTitle(admin.name)}
        consequence={t.admins.deleteText}
        confirmLabel={t.common.delete}
        isDisabled={action.isRunning}
        onConfirm={() =>
          void action.run(() => remove(url), {
            done: t.admins.deleted(admin.name),
            failed: t.admins.notDeleted(admin.name),
          })
        }
      />
    </div>
  );
}
