import { path, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { SessionEntry } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { Ago, Badge, Given, RoleBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";

const kColumns: Column<SessionEntry>[] = [
  {
    id: "name",
    header: t.columns.who,
    place: "main",
    cell: ({ name, is_current }) => (
      <>
        <Given text={name} /> {is_current && <Badge tone="good">{t.admins.thisOne}</Badge>}
      </>
    ),
  },
  { id: "role", header: t.columns.role, cell: ({ role }) => <RoleBadge role={role} /> },
  { id: "peer", header: t.columns.peer, place: "code", cell: ({ peer }) => <Given text={peer} isMono /> },
  { id: "used", header: t.admins.lastUsed, cell: ({ last_used_at }) => <Ago at={last_used_at} /> },
  { id: "created", header: t.admins.loggedIn, cell: ({ created_at }) => <Ago at={created_at} /> },
  { id: "expires", header: t.columns.expires, cell: ({ expires_at }) => <Ago at={expires_at} /> },
  { id: "acts", header: t.columns.acts, place: "end", cell: (session) => <EndSession session={session} /> },
];

const kShownToViewers = kColumns.filter(({ id }) => id !== "acts");

export function SessionsPanel() {
  const { canWrite } = useSession();
  const list = useList<SessionEntry>("/admin/sessions", "sessions");
  return (
    <DataTable
      label={t.admins.sessions}
      columns={canWrite ? kColumns : kShownToViewers}
      rowId={(session) => String(session.session_id)}
      list={list}
      empty={<Empty title={t.admins.noSessions} />}
    />
  );
}

function EndSession({ session }: { session: SessionEntry }) {
  const action = useAction();
  return (
    <ConfirmButton
      label={t.admins.endSession}
      kind="quiet"
      title={t.admins.endSessionTitle(session.name)}
      consequence={session.is_current ? t.admins.endOwnText : t.admins.endSessionText}
      confirmLabel={t.admins.endSession}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(path`/admin/sessions/${session.session_id}`), {
          done: t.admins.sessionEnded(session.name),
          failed: t.admins.sessionNotEnded(session.name),
        })
      }
    />
  );
}
