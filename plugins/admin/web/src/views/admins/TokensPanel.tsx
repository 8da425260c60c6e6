import { path, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { ApiToken } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { Ago, Given, RoleBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { NewToken } from "./NewToken";

const kColumns: Column<ApiToken>[] = [
  { id: "name", header: t.columns.name, place: "main", cell: ({ name }) => <Given text={name} /> },
  { id: "role", header: t.columns.role, cell: ({ role }) => <RoleBadge role={role} /> },
  { id: "by", header: t.columns.madeBy, cell: ({ created_by }) => <Given text={created_by} /> },
  { id: "used", header: t.admins.lastUsed, cell: ({ last_used_at }) => <Ago at={last_used_at} /> },
  {
    id: "expires",
    header: t.columns.expires,
    cell: ({ expires_at }) => <Ago at={expires_at} never={t.common.noEnd} />,
  },
  { id: "created", header: t.columns.added, cell: ({ created_at }) => <Ago at={created_at} /> },
  { id: "acts", header: t.columns.acts, place: "end", cell: (token) => <DeleteToken token={token} /> },
];

const kShownToViewers = kColumns.filter(({ id }) => id !== "acts");

export function TokensPanel() {
  const { canWrite } = useSession();
  const list = useList<ApiToken>("/admin/tokens", "tokens");
  return (
    <>
      {canWrite && (
        <div className="panel-acts">
          <NewToken />
        </div>
      )}
      <DataTable
        label={t.admins.tokens}
        columns={canWrite ? kColumns : kShownToViewers}
        rowId={(token) => String(token.token_id)}
        list={list}
        empty={<Empty title={t.admins.noTokens} next={t.admins.noTokensNext} />}
      />
    </>
  );
}

function DeleteToken({ token }: { token: ApiToken }) {
  const action = useAction();
  return (
    <ConfirmButton
      label={t.common.delete}
      kind="quiet"
      title={t.admins.deleteTokenTitle(token.name)}
      consequence={t.admins.deleteTokenText}
      confirmLabel={t.common.delete}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(path`/admin/tokens/${token.token_id}`), {
          done: t.admins.tokenDeleted(token.name),
          failed: t.admins.tokenNotDeleted(token.name),
        })
      }
    />
  );
}
