import { useState } from "react";
import { Link } from "wouter";
import { useList } from "../../api/list";
import type { UserEntry } from "../../api/types";
import { BulkBar } from "../../parts/BulkBar";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { ExportButtons } from "../../parts/ExportButtons";
import { FilterBar, FilterText, useFilters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { Ago, Given } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { useStartJob } from "../../parts/start_job";

const kColumns: Column<UserEntry>[] = [
  {
    id: "name",
    header: t.columns.user,
    place: "main",
    cell: (user) => (
      <Link href={`/users/${user.user_id}`} className="strong-link">
        <Given text={userName(user)} />
      </Link>
    ),
  },
  {
    id: "id",
    header: t.columns.id,
    sortField: "user_id",
    cell: ({ user_id }) => <Given text={user_id} isMono />,
  },
  {
    id: "devices",
    header: t.columns.devices,
    sortField: "devices",
    place: "number",
    cell: ({ devices }) => devices,
  },
  {
    id: "seen",
    header: t.columns.lastSeen,
    sortField: "last_seen",
    cell: ({ last_seen }) => <Ago at={last_seen} />,
  },
  {
    id: "created",
    header: t.columns.since,
    sortField: "created_at",
    cell: ({ created_at }) => <Ago at={created_at} />,
  },
];

/** The names that devices know a user by; there may be none. */
export function userName(user: Pick<UserEntry, "names" | "user_id">): string {
  return user.names.length > 0 ? user.names.join(", ") : t.person.unnamed(user.user_id);
}

export function UsersView() {
  const filters = useFilters(["query", "sort"]);
  const list = useList<UserEntry>("/admin/users", "users", filters.values);
  const { canWrite } = useSession();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const jobs = useStartJob();
  return (
    <>
      <ViewHead title={t.users.title} lead={t.users.lead}>
        <ExportButtons list="users" filters={filters} />
      </ViewHead>
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="query" label={t.users.search} />
      </FilterBar>
      <BulkBar count={selected.size} onClear={() => setSelected(new Set())}>
        <ConfirmButton
          label={t.common.delete}
          kind="danger"
          title={t.users.deleteManyTitle(selected.size)}
          consequence={t.users.deleteManyText}
          confirmLabel={t.common.delete}
          isDisabled={jobs.isRunning}
          onConfirm={() => void jobs.start("delete-users", [...selected])}
        />
      </BulkBar>
      <DataTable
        label={t.users.title}
        columns={kColumns}
        rowId={(user) => String(user.user_id)}
        list={list}
        selection={canWrite ? { ids: selected, onChange: setSelected, nameOf: userName } : undefined}
        sort={filters.get("sort")}
        onSort={(sort) => filters.set({ sort })}
        empty={
          filters.isAnySet ? (
            <Empty title={t.table.noMatch} next={t.table.noMatchNext} />
          ) : (
            <Empty title={t.users.none} next={t.users.noneNext} />
          )
        }
      />
    </>
  );
}
