import { Link } from "wouter";
import type { Site } from "../../api/types";
import { useWholeList } from "../../api/whole";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty, ViewHead } from "../../parts/layout";
import { Ago, Given } from "../../parts/Words";
import { t } from "../../strings";

const kColumns: Column<Site>[] = [
  {
    id: "name",
    header: t.columns.name,
    place: "main",
    cell: ({ site_id, name }) => (
      <Link href={`/sites/${site_id}`} className="strong-link">
        <Given text={name} />
      </Link>
    ),
  },
  { id: "id", header: t.columns.id, cell: ({ site_id }) => <Given text={site_id} isMono /> },
  { id: "devices", header: t.columns.devices, place: "number", cell: ({ devices }) => devices },
  { id: "created", header: t.columns.since, cell: ({ created_at }) => <Ago at={created_at} /> },
];

export function SitesView() {
  const list = useWholeList<Site>("/sites", "sites");
  return (
    <>
      <ViewHead title={t.sites.title} lead={t.sites.lead} />
      <DataTable
        label={t.sites.title}
        columns={kColumns}
        rowId={(site) => String(site.site_id)}
        list={list}
        empty={<Empty title={t.sites.none} next={t.sites.noneNext} />}
      />
    </>
  );
}
