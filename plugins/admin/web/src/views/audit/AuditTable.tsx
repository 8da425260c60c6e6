import type { ReactNode } from "react";
import type { Listing } from "../../api/list";
import type { AuditEntry } from "../../api/types";
import { DataTable, type Column } from "../../parts/DataTable";
import { Person } from "../../parts/Person";
import { Badge, Given, Moment, type Tone } from "../../parts/Words";
import { t } from "../../strings";

const kColumns: Column<AuditEntry>[] = [
  { id: "at", header: t.columns.time, cell: ({ at }) => <Moment at={at} /> },
  {
    id: "action",
    header: t.columns.action,
    place: "main",
    cell: ({ action }) => <Given text={action} isMono />,
  },
  { id: "who", header: t.columns.who, cell: ({ who, who_name }) => <Person who={who} name={who_name} /> },
  { id: "target", header: t.columns.target, cell: ({ target }) => <Given text={target} /> },
  {
    id: "outcome",
    header: t.columns.outcome,
    cell: ({ outcome }) => <Badge tone={toneOf(outcome)}>{outcome}</Badge>,
  },
  { id: "peer", header: t.columns.peer, place: "code", cell: ({ peer }) => <Given text={peer} isMono /> },
  { id: "detail", header: t.columns.detail, place: "wide", cell: ({ detail }) => <Given text={detail} /> },
];

function toneOf(outcome: string): Tone {
  if (/^(ok|done|success|accepted|created)/i.test(outcome)) return "good";
  return /^(fail|error)/i.test(outcome) ? "bad" : "warn";
}

export function AuditTable({ list, empty }: { list: Listing<AuditEntry>; empty: ReactNode }) {
  return (
    <DataTable
      label={t.audit.title}
      columns={kColumns}
      rowId={(entry) => String(entry.id)}
      list={list}
      empty={empty}
    />
  );
}
