import { useMemo, type ReactNode } from "react";
import type { Listing } from "../../api/list";
import type { FileEntry } from "../../api/types";
import { DataTable, type Column, type Selection } from "../../parts/DataTable";
import { DeviceLink } from "../../parts/DeviceLink";
import { formatBytes } from "../../parts/format";
import { Person } from "../../parts/Person";
import { Ago, Badge, Given } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { FileActs } from "./FileActs";

interface FileTableProps {
  list: Listing<FileEntry>;
  withDevice: boolean;
  sort?: string;
  onSort?(sort: string): void;
  selection?: Selection<FileEntry> | undefined;
  empty: ReactNode;
}

export function FileTable({ list, withDevice, empty, ...rest }: FileTableProps) {
  const { canWrite } = useSession();
  const columns = useMemo(
    () => fileColumns(withDevice, canWrite, list.rows),
    [withDevice, canWrite, list.rows],
  );
  return (
    <DataTable {...rest} label={t.files.title} columns={columns} rowId={fileItem} list={list} empty={empty} />
  );
}

/** A file as a job names it. */
function fileItem({ controller_id, file_id }: FileEntry): string {
  return `${controller_id ?? ""}/${file_id}`;
}

function fileColumns(withDevice: boolean, canWrite: boolean, all: FileEntry[]): Column<FileEntry>[] {
  const device: Column<FileEntry> = {
    id: "device",
    header: t.columns.device,
    cell: ({ controller_id }) => <DeviceLink controllerId={controller_id} tab="files" />,
  };
  const acts: Column<FileEntry> = {
    id: "acts",
    header: t.columns.acts,
    place: "end",
    cell: (file) =>
      file.controller_id === null ? null : (
        <FileActs file={file} controllerId={file.controller_id} older={olderOf(file, all)} />
      ),
  };
  return [
    {
      id: "name",
      header: t.columns.file,
      sortField: "name",
      place: "main",
      cell: ({ name }) => <Given text={name} />,
    },
    ...(withDevice ? [device] : []),
    { id: "kind", header: t.columns.kind, cell: ({ kind }) => <Badge>{kind}</Badge> },
    {
      id: "size",
      header: t.columns.size,
      sortField: "size",
      place: "number",
      cell: ({ size }) => formatBytes(size),
    },
    {
      id: "state",
      header: t.columns.state,
      cell: ({ state }) => <Badge tone={state === "complete" ? "good" : "busy"}>{state}</Badge>,
    },
    { id: "by", header: t.columns.madeBy, cell: ({ created_by }) => <Person who={created_by} /> },
    {
      id: "created",
      header: t.columns.added,
      sortField: "created_at",
      cell: ({ created_at }) => <Ago at={created_at} />,
    },
    ...(canWrite ? [acts] : []),
  ];
}

/** The configuration that this one replaced, where it is in sight. */
function olderOf(file: FileEntry, all: FileEntry[]): FileEntry | null {
  if (file.kind !== "config" || file.state !== "complete") return null;
  const older = all.filter(
    (one) =>
      one.kind === "config" &&
      one.state === "complete" &&
      one.device_id === file.device_id &&
      one.file_id < file.file_id,
  );
  return older.sort((a, b) => b.file_id - a.file_id)[0] ?? null;
}
