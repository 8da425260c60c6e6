import { Link } from "wouter";
import { useList } from "../../api/list";
import type { CommandEntry } from "../../api/types";
import { DataTable } from "../../parts/DataTable";
import { Empty, Panel } from "../../parts/layout";
import { t } from "../../strings";
import { commandColumns } from "../commands/command_columns";

const kShown = 6;

export function LatestCommands() {
  const list = useList<CommandEntry>("/admin/commands", "commands", {}, { limit: kShown, everyMs: 5_000 });
  return (
    <Panel title={t.overview.latestCommands} beside={<Link href="/commands">{t.overview.allCommands}</Link>}>
      <DataTable
        label={t.overview.latestCommands}
        columns={commandColumns({ withDevice: true })}
        rowId={(command) => command.command_id}
        list={{ ...list, hasNext: false, hasPrevious: false, position: null, total: null }}
        empty={<Empty title={t.commands.none} next={t.commands.noneNext} />}
      />
    </Panel>
  );
}
