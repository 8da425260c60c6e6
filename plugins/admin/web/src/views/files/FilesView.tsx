import { useState } from "react";
import { useList } from "../../api/list";
import type { FileEntry } from "../../api/types";
import { BulkBar } from "../../parts/BulkBar";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { ExportButtons } from "../../parts/ExportButtons";
import { SelectField } from "../../parts/fields";
import { FilterBar, FilterText, useFilters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { useStartJob } from "../../parts/start_job";
import { FileTable } from "./FileTable";

const kKindChoices = [
  { value: "", label: t.table.any },
  ...["config", "log", "firmware", "other"].map((value) => ({ value, label: value })),
];
const kStateChoices = [
  { value: "", label: t.table.any },
  ...["uploading", "complete"].map((value) => ({ value, label: value })),
];

export function FilesView() {
  const filters = useFilters(["controller_id", "kind", "state", "sort"]);
  const list = useList<FileEntry>("/admin/files", "files", filters.values);
  const { canWrite } = useSession();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const jobs = useStartJob();
  return (
    <>
      <ViewHead title={t.files.title} lead={t.files.lead}>
        <ExportButtons list="files" filters={filters} />
      </ViewHead>
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="controller_id" label={t.columns.device} />
        <SelectField
          label={t.columns.kind}
          value={filters.get("kind")}
          choices={kKindChoices}
          onChange={(kind) => filters.set({ kind })}
        />
        <SelectField
          label={t.columns.state}
          value={filters.get("state")}
          choices={kStateChoices}
          onChange={(state) => filters.set({ state })}
        />
      </FilterBar>
      <BulkBar count={selected.size} onClear={() => setSelected(new Set())}>
        <ConfirmButton
          label={t.common.delete}
          kind="danger"
          title={t.files.deleteManyTitle(selected.size)}
          consequence={t.files.deleteManyText}
          confirmLabel={t.common.delete}
          isDisabled={jobs.isRunning}
          onConfirm={() => void jobs.start("delete-files", [...selected])}
        />
      </BulkBar>
      <FileTable
        list={list}
        selection={
          canWrite ? { ids: selected, onChange: setSelected, nameOf: (file) => file.name } : undefined
        }
        withDevice
        sort={filters.get("sort")}
        onSort={(sort) => filters.set({ sort })}
        empty={
          filters.isAnySet ? (
            <Empty title={t.table.noMatch} next={t.table.noMatchNext} />
          ) : (
            <Empty title={t.files.none} next={t.files.noneNext} />
          )
        }
      />
    </>
  );
}
