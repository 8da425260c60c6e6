import type { CommandEntry, CommandState } from "../../api/types";
import type { Column } from "../../parts/DataTable";
import { Person } from "../../parts/Person";
import { DeviceLink } from "../../parts/DeviceLink";
import { Ago, Badge, Given, type Tone } from "../../parts/Words";
import { t } from "../../strings";

const kTones: Record<CommandState, Tone> = {
  sent: "busy",
  delivered: "busy",
  acknowledged: "good",
  moving: "busy",
  completed: "good",
  reversed: "warn",
  merged: "calm",
  failed: "bad",
  expired: "warn",
};

export function CommandStateBadge({ state }: { state: CommandState }) {
  return <Badge tone={kTones[state] ?? "calm"}>{t.commandState[state] ?? state}</Badge>;
}

/** What the device answered, or why it failed; short. */
export function resultText(result: Record<string, unknown> | string | null): string {
  if (result === null || result === undefined) return "";
  if (typeof result === "string") return result;
  // The answer is a whole status of the device; what it says of the command is enough here.
  const said = [result.result, result.message].filter((part) => typeof part === "string");
  return said.length > 0 ? said.join(": ") : JSON.stringify(result);
}

/** The action by its name where the command has one, else the whole text. */
export function commandText(command: CommandEntry["command"]): string {
  const { action, ...rest } = command;
  if (typeof action !== "string") return JSON.stringify(command);
  const details = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [action, ...details].join(" ");
}

export function commandColumns({ withDevice }: { withDevice: boolean }): Column<CommandEntry>[] {
  const device: Column<CommandEntry> = {
    id: "device",
    header: t.columns.device,
    cell: ({ controller_id }) => <DeviceLink controllerId={controller_id} />,
  };
  return [
    {
      id: "command",
      header: t.columns.command,
      place: "main",
      cell: ({ command }) => <Given text={commandText(command)} isMono />,
    },
    ...(withDevice ? [device] : []),
    {
      id: "sender",
      header: t.columns.sender,
      cell: ({ sender, sender_name }) => <Person who={sender} name={sender_name} />,
    },
    { id: "state", header: t.columns.outcome, cell: ({ state }) => <CommandStateBadge state={state} /> },
    { id: "sent", header: t.columns.sent, cell: ({ sent_at }) => <Ago at={sent_at} /> },
    {
      id: "result",
      header: t.columns.answer,
      place: "wide",
      cell: ({ result }) => <Given text={resultText(result)} isMono />,
    },
  ];
}
