import { useList } from "../../api/list";
import type { AccessLevel } from "../../api/types";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { Person } from "../../parts/Person";
import { PlaceLink } from "../../parts/places";
import { Ago, Given, LevelBadge } from "../../parts/Words";
import { t } from "../../strings";

interface OpenToken {
  token_id: number;
  token: string;
  access_level: AccessLevel;
  created_by: string;
  expires_at: string;
  notes: string;
}

const columns: Column<OpenToken>[] = [
  {
    id: "token",
    header: t.columns.token,
    place: "main",
    cell: ({ token }) => <Given text={token} isMono />,
  },
  { id: "level", header: t.columns.level, cell: ({ access_level }) => <LevelBadge level={access_level} /> },
  { id: "by", header: t.columns.madeBy, cell: ({ created_by }) => <Person who={created_by} /> },
  { id: "expires", header: t.columns.expires, cell: ({ expires_at }) => <Ago at={expires_at} /> },
  { id: "notes", header: t.columns.notes, place: "wide", cell: ({ notes }) => <Given text={notes} /> },
];

/** The offers that still give access. What is done with tokens is on the page of `sharing`. */
export function DeviceTokens({ controllerId }: { controllerId: string }) {
  const list = useList<OpenToken>("/admin/sharing-tokens", "tokens", {
    controller_id: controllerId,
    state: "open",
  });
  return (
    <>
      <DataTable
        label={t.deviceTokens.title}
        columns={columns}
        rowId={(token) => String(token.token_id)}
        list={list}
        empty={<Empty title={t.deviceTokens.none} next={t.deviceTokens.noneNext} />}
      />
      {!list.error && (
        <p>
          <PlaceLink to={`/sharing?${new URLSearchParams({ controller_id: controllerId })}`}>
            {t.deviceTokens.toPage}
          </PlaceLink>
        </p>
      )}
    </>
  );
}
