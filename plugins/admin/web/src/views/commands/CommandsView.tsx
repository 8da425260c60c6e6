import { useList } from "../../api/list";
import type { CommandEntry } from "../../api/types";
import { DataTable } from "../../parts/DataTable";
import { ExportButtons } from "../../parts/ExportButtons";
import { SelectField } from "../../parts/fields";
import { FilterBar, FilterText, useFilters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { TimeRange } from "../../parts/TimeRange";
import { t } from "../../strings";
import { commandColumns } from "./command_columns";

const kStateChoices = [
  { value: "", label: t.table.any },
  ...Object.entries(t.commandState).map(([value, label]) => ({ value, label })),
];

export function CommandsView() {
  const filters = useFilters(["controller_id", "state", "sender", "from", "until"]);
  const list = useList<CommandEntry>("/admin/commands", "commands", filters.values, { everyMs: 10_000 });
  return (
    <>
      <ViewHead title={t.commands.title} lead={t.commands.lead}>
        <ExportButtons list="commands" filters={filters} />
      </ViewHead>
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="controller_id" label={t.columns.device} />
        <FilterText filters={filters} name="sender" label={t.columns.sender} />
        <SelectField
          label={t.columns.outcome}
          value={filters.get("state")}
          choices={kStateChoices}
          onChange={(state) => filters.set({ state })}
        />
        <TimeRange filters={filters} />
      </FilterBar>
      <DataTable
        label={t.commands.title}
        columns={commandColumns({ withDevice: true })}
        rowId={(command) => command.command_id}
        list={list}
        empty={
          filters.isAnySet ? (
            <Empty title={t.table.noMatch} next={t.table.noMatchNext} />
          ) : (
            <Empty title={t.commands.none} next={t.commands.noneNext} />
          )
        }
      />
    </>
  );
}
