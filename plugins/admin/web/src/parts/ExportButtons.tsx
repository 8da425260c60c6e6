// Saves all of a list that matches its filters, not only the page that is shown.
import { ask, path } from "../api/client";
import { t } from "../strings";
import { useAction } from "./action";
import { Button } from "./Button";
import type { Filters } from "./filters";
import { saveAs } from "./save_as";

const kForms = [
  { type: "text/csv", end: "csv", label: t.table.saveCsv },
  { type: "application/json", end: "json", label: t.table.saveJson },
];

export function ExportButtons({ list, filters }: { list: string; filters: Filters }) {
  const action = useAction();
  const save = (type: string, end: string) =>
    action.run(
      async () => {
        const { body } = await ask<unknown>("GET", path`/admin/export/${list}`, {
          query: filters.values,
          accept: type,
        });
        saveAs(`${list}.${end}`, type, typeof body === "string" ? body : JSON.stringify(body, null, 1));
      },
      { failed: t.table.notSaved },
    );
  return kForms.map(({ type, end, label }) => (
    <Button key={type} icon="download" isDisabled={action.isRunning} onPress={() => void save(type, end)}>
      {label}
    </Button>
  ));
}
