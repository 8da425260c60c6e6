import { useMemo, type ReactNode } from "react";
import {
  Ago,
  Badge,
  ConfirmButton,
  DataTable,
  DeviceLink,
  Given,
  LevelBadge,
  Person,
  path,
  remove,
  termsText,
  useAction,
  useSession,
  type Column,
  type Listing,
  type Selection,
  type Tone,
} from "@gatetorio/admin-kit";
import { t } from "./strings";
import { tokenState, type TokenState } from "./token_state";
import type { SharingToken } from "./types";

const kTones: Record<TokenState, Tone> = {
  open: "good",
  used: "busy",
  expired: "calm",
  revoked: "warn",
};

interface TokenTableProps {
  list: Listing<SharingToken>;
  selection?: Selection<SharingToken> | undefined;
  empty: ReactNode;
}

export function TokenTable({ list, selection, empty }: TokenTableProps) {
  const { canWrite } = useSession();
  const columns = useMemo(() => tokenColumns(canWrite), [canWrite]);
  return (
    <DataTable
      label={t.sharing.title}
      columns={columns}
      rowId={(token) => String(token.token_id)}
      list={list}
      selection={selection}
      empty={empty}
    />
  );
}

function tokenColumns(canWrite: boolean): Column<SharingToken>[] {
  const acts: Column<SharingToken> = {
    id: "acts",
    header: t.columns.acts,
    place: "end",
    cell: (token) => (tokenState(token, Date.now()) === "revoked" ? null : <RevokeToken token={token} />),
  };
  return [
    {
      id: "token",
      header: t.columns.token,
      place: "main",
      cell: ({ token }) => <Given text={token} isMono />,
    },
    {
      id: "device",
      header: t.columns.device,
      cell: ({ controller_id }) => <DeviceLink controllerId={controller_id} tab="tokens" />,
    },
    {
      id: "state",
      header: t.columns.state,
      cell: (token) => {
        const state = tokenState(token, Date.now());
        return <Badge tone={kTones[state]}>{t.sharing.states[state]}</Badge>;
      },
    },
    {
      id: "level",
      header: t.columns.level,
      cell: ({ access_level }) => <LevelBadge level={access_level} />,
    },
    {
      id: "by",
      header: t.columns.madeBy,
      cell: ({ created_by }) => <Person who={created_by} />,
    },
    {
      id: "used_by",
      header: t.columns.usedBy,
      cell: ({ used_by }) => <Person who={used_by} />,
    },
    {
      id: "expires",
      header: t.columns.expires,
      cell: ({ expires_at }) => <Ago at={expires_at} />,
    },
    {
      id: "when",
      header: t.columns.when,
      place: "wide",
      cell: (token) => <Given text={termsText(token)} />,
    },
    {
      id: "notes",
      header: t.columns.notes,
      place: "wide",
      cell: ({ notes }) => <Given text={notes} />,
    },
    ...(canWrite ? [acts] : []),
  ];
}

function RevokeToken({ token }: { token: SharingToken }) {
  const action = useAction();
  return (
    <ConfirmButton
      label={t.sharing.revoke}
      kind="quiet"
      title={t.sharing.revokeTitle(token.token)}
      consequence={token.is_used ? t.sharing.revokeUsedText : t.sharing.revokeText}
      confirmLabel={t.sharing.revoke}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(
          () =>
            remove(path`/sharing/tokens/${token.token_id}`, {
              revoke_access: token.is_used,
            }),
          {
            done: t.sharing.revoked(token.token),
            failed: t.sharing.notRevoked(token.token),
          },
        )
      }
    />
  );
}
