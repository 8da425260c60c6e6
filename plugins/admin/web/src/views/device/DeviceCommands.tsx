import { useList } from "../../api/list";
import type { CommandEntry } from "../../api/types";
import { DataTable } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { t } from "../../strings";
import { commandColumns } from "../commands/command_columns";

const kColumns = commandColumns({ withDevice: false });

export function DeviceCommands({ controllerId }: { controllerId: string }) {
  const list = useList<CommandEntry>(
    "/admin/commands",
    "commands",
    { controller_id: controllerId },
    { everyMs: 5_000 },
  );
  return (
    <DataTable
      label={t.commands.title}
      columns={kColumns}
      rowId={(command) => command.command_id}
      list={list}
      empty={<Empty title={t.commands.none} next={t.commands.noneNext} />}
    />
  );
}
