import { useList } from "../../api/list";
import type { AuditEntry } from "../../api/types";
import { ExportButtons } from "../../parts/ExportButtons";
import { SelectField } from "../../parts/fields";
import { FilterBar, FilterText, useFilters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { TimeRange } from "../../parts/TimeRange";
import { t } from "../../strings";
import { AuditTable } from "./AuditTable";

export function AuditView() {
  const filters = useFilters(["who", "action", "target", "outcome", "from", "until"]);
  const list = useList<AuditEntry>("/admin/audit", "entries", filters.values);
  return (
    <>
      <ViewHead title={t.audit.title} lead={t.audit.lead}>
        <ExportButtons list="audit" filters={filters} />
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
