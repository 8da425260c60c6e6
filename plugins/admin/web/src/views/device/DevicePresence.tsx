import { useList } from "../../api/list";
import { path } from "../../api/client";
import type { PresenceSession } from "../../api/types";
import { useNowMs } from "../../parts/clock";
import { DataTable, type Column } from "../../parts/DataTable";
import { formatSpan } from "../../parts/format";
import { Empty } from "../../parts/layout";
import { Badge, Given, Moment } from "../../parts/Words";
import { t } from "../../strings";

const kColumns: Column<PresenceSession>[] = [
  { id: "from", header: t.presence.from, place: "main", cell: ({ from }) => <Moment at={from} /> },
  {
    id: "until",
    header: t.presence.until,
    cell: ({ until }) => (until ? <Moment at={until} /> : <Badge tone="good">{t.presence.goesOn}</Badge>),
  },
  { id: "lasted", header: t.presence.lasted, cell: (session) => <Lasted session={session} /> },
  { id: "via", header: t.presence.via, cell: ({ via }) => <Given text={t.presence.viaWords(via)} /> },
  {
    id: "ended_by",
    header: t.presence.endedBy,
    cell: ({ until, ended_by }) => (until ? <Given text={t.presence.endWords(ended_by)} /> : null),
  },
];

function Lasted({ session }: { session: PresenceSession }) {
  const nowMs = useNowMs();
  const endMs = session.until ? new Date(session.until).getTime() : nowMs;
  return <span className="tabular">{formatSpan(endMs - new Date(session.from).getTime())}</span>;
}

export function DevicePresence({ controllerId }: { controllerId: string }) {
  const list = useList<PresenceSession>(path`/admin/devices/${controllerId}/presence`, "sessions");
  return (
    <DataTable
      label={t.device.presence}
      columns={kColumns}
      rowId={(session) => session.from}
      list={list}
      empty={<Empty title={t.presence.none} next={t.presence.noneNext} />}
    />
  );
}
