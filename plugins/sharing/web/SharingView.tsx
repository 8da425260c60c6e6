import { useState } from "react";
import {
  BulkBar,
  ConfirmButton,
  Empty,
  FilterBar,
  FilterText,
  SelectField,
  ViewHead,
  useFilters,
  useList,
  useSession,
  useStartJob,
} from "@gatetorio/admin-kit";
import { NewToken } from "./NewToken";
import { t } from "./strings";
import { TokenTable } from "./TokenTable";
import type { SharingToken } from "./types";

const kStateChoices = [
  { value: "", label: t.table.any },
  ...Object.entries(t.sharing.states).map(([value, label]) => ({
    value,
    label,
  })),
];

export function SharingView() {
  const { canWrite } = useSession();
  const filters = useFilters(["controller_id", "state"]);
  const list = useList<SharingToken>("/admin/sharing-tokens", "tokens", filters.values);
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const jobs = useStartJob();
  const ids = [...selected].map(Number);
  return (
    <>
      <ViewHead title={t.sharing.title} lead={t.sharing.lead}>
        {canWrite && <NewToken device={filters.get("controller_id")} />}
      </ViewHead>
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="controller_id" label={t.columns.device} />
        <SelectField
          label={t.columns.state}
          value={filters.get("state")}
          choices={kStateChoices}
          onChange={(state) => filters.set({ state })}
        />
      </FilterBar>
      <BulkBar count={ids.length} onClear={() => setSelected(new Set())}>
        <ConfirmButton
          label={t.sharing.revoke}
          kind="danger"
          title={t.sharing.revokeManyTitle(ids.length)}
          consequence={t.sharing.revokeText}
          confirmLabel={t.sharing.revoke}
          isDisabled={jobs.isRunning}
          onConfirm={() => void jobs.start("revoke-sharing-tokens", ids)}
        />
      </BulkBar>
      <TokenTable
        list={list}
        selection={
          canWrite
            ? {
                ids: selected,
                onChange: setSelected,
                nameOf: (token) => token.token,
              }
            : undefined
        }
        empty={
          filters.isAnySet ? (
            <Empty title={t.table.noMatch} next={t.table.noMatchNext} />
          ) : (
            <Empty title={t.sharing.none} next={t.sharing.noneNext} />
          )
        }
      />
    </>
  );
}
