import { useMemo, type ReactNode } from "react";
import { Link } from "wouter";
import { path, remove } from "../../api/client";
import type { Listing } from "../../api/list";
import type { Grant } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { DeviceLink } from "../../parts/DeviceLink";
import { Ago, Given, LevelBadge } from "../../parts/Words";
import { termsText } from "../../parts/terms";
import { useSession } from "../../session/session";
import { t } from "../../strings";

interface GrantTableProps {
  label: string;
  list: Listing<Grant>;
  /** What is the same in all rows and so is not shown. */
  without?: "device" | "user";
  empty: ReactNode;
}

export function GrantTable({ label, list, without, empty }: GrantTableProps) {
  const { canWrite } = useSession();
  const columns = useMemo(() => grantColumns(without, canWrite), [without, canWrite]);
  return (
    <DataTable
      label={label}
      columns={columns}
      rowId={(grant) => `${grant.device_id}/${grant.user_id}/${grant.source}`}
      list={list}
      empty={empty}
    />
  );
}

function grantColumns(without: GrantTableProps["without"], canWrite: boolean): Column<Grant>[] {
  const user: Column<Grant> = {
    id: "user",
    header: t.columns.user,
    place: "main",
    cell: ({ user_id, name }) => (
      <Link href={`/users/${user_id}`}>
        <Given text={name || t.person.unnamed(user_id)} />
      </Link>
    ),
  };
  const device: Column<Grant> = {
    id: "device",
    header: t.columns.device,
    ...(without === "user" ? { place: "main" as const } : {}),
    cell: ({ controller_id }) => <DeviceLink controllerId={controller_id} tab="users" />,
  };
  const end: Column<Grant> = {
    id: "end",
    header: t.columns.acts,
    place: "end",
    cell: (grant) =>
      grant.controller_id === null ? null : <RemoveGrant grant={grant} controllerId={grant.controller_id} />,
  };
  return [
    ...(without === "user" ? [] : [user]),
    ...(without === "device" ? [] : [device]),
    { id: "level", header: t.columns.level, cell: ({ access_level }) => <LevelBadge level={access_level} /> },
    { id: "source", header: t.columns.source, cell: ({ source }) => <Given text={source} /> },
    {
      id: "expires",
      header: t.columns.expires,
      cell: ({ expires_at }) => <Ago at={expires_at} never={t.common.noEnd} />,
    },
    { id: "when", header: t.columns.when, place: "wide", cell: (grant) => <Given text={termsText(grant)} /> },
    { id: "created", header: t.columns.since, cell: ({ created_at }) => <Ago at={created_at} /> },
    ...(canWrite ? [end] : []),
  ];
}

function RemoveGrant({ grant, controllerId }: { grant: Grant; controllerId: string }) {
  const action = useAction();
  const name = grant.name || t.person.unnamed(grant.user_id);
  const url = path`/devices/${controllerId}/users/${grant.user_id}`;
  return (
    <ConfirmButton
      label={t.users.removeGrant}
      kind="quiet"
      title={t.users.removeGrantTitle(name, controllerId)}
      consequence={t.users.removeGrantText}
      confirmLabel={t.users.removeGrant}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(url), {
          done: t.users.grantRemoved(name, controllerId),
          failed: t.users.grantNotRemoved(name, controllerId),
        })
      }
    />
  );
}
