import { useState } from "react";
import { useList } from "../../api/list";
import type { SharingToken } from "../../api/types";
import { BulkBar } from "../../parts/BulkBar";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { SelectField } from "../../parts/fields";
import { FilterBar, FilterText, useFilters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { useStartJob } from "../jobs/start_job";
import { TokenTable } from "./TokenTable";

const kStateChoices = [
  { value: "", label: t.table.any },
  ...Object.entries(t.sharing.states).map(([value, label]) => ({ value, label })),
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
      <ViewHead title={t.sharing.title} lead={t.sharing.lead} />
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
        withDevice
        selection={
          canWrite ? { ids: selected, onChange: setSelected, nameOf: (token) => token.token } : undefined
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
