import { ask } from "../../api/client";
import { useList } from "../../api/list";
import type { AuditEntry } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { SelectField } from "../../parts/fields";
import { FilterBar, FilterText, useFilters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { saveAs } from "../../parts/save_as";
import { TimeRange } from "../../parts/TimeRange";
import { t } from "../../strings";
import { AuditTable } from "./AuditTable";

export function AuditView() {
  const filters = useFilters(["who", "action", "target", "outcome", "from", "until"]);
  const list = useList<AuditEntry>("/admin/audit", "entries", filters.values);
  const action = useAction();
  const exportCsv = () =>
    action.run(
      async () => {
        const csv = await ask<string>("GET", "/admin/audit", {
          query: { ...filters.values, limit: 500 },
          accept: "text/csv",
        });
        saveAs("audit.csv", "text/csv", csv.body);
      },
      { failed: t.audit.notExported },
    );
  return (
    <>
      <ViewHead title={t.audit.title} lead={t.audit.lead}>
        <Button icon="download" isDisabled={action.isRunning} onPress={() => void exportCsv()}>
          {t.audit.csv}
        </Button>
      </ViewHead>
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="who" label={t.columns.who} />
        <FilterText filters={filters} name="action" label={t.columns.action} />
        <FilterText filters={filters} name="target" label={t.columns.target} />
        <SelectField
          label={t.columns.outcome}
          value={filters.get("outcome")}
          choices={t.audit.outcomeChoices}
          onChange={(outcome) => filters.set({ outcome })}
        />
        <TimeRange filters={filters} />
      </FilterBar>
      <AuditTable
        list={list}
        empty={
          filters.isAnySet ? (
            <Empty title={t.table.noMatch} next={t.table.noMatchNext} />
          ) : (
            <Empty title={t.audit.none} next={t.audit.noneNext} />
          )
        }
      />
    </>
  );
}
