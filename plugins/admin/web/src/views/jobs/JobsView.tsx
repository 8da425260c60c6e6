import { Link } from "wouter";
import { useList } from "../../api/list";
import type { Job } from "../../api/types";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty, ViewHead } from "../../parts/layout";
import { Person } from "../../parts/Person";
import { Ago } from "../../parts/Words";
import { t } from "../../strings";
import { JobProgress, JobStateBadge } from "./JobProgress";

const kColumns: Column<Job>[] = [
  {
    id: "kind",
    header: t.columns.job,
    place: "main",
    cell: (job) => (
      <Link href={`/jobs/${job.job_id}`} className="strong-link">
        {t.jobs.kinds[job.kind] ?? job.kind}
      </Link>
    ),
  },
  { id: "state", header: t.columns.state, cell: (job) => <JobStateBadge job={job} /> },
  { id: "progress", header: t.jobs.progress, place: "wide", cell: (job) => <JobProgress job={job} /> },
  { id: "by", header: t.columns.startedBy, cell: ({ created_by }) => <Person who={created_by} /> },
  { id: "at", header: t.columns.started, cell: ({ created_at }) => <Ago at={created_at} /> },
];

export function JobsView() {
  const list = useList<Job>("/admin/jobs", "jobs", {}, { everyMs: 3_000 });
  return (
    <>
      <ViewHead title={t.jobs.title} lead={t.jobs.lead} />
      <DataTable
        label={t.jobs.title}
        columns={kColumns}
        rowId={(job) => String(job.job_id)}
        list={list}
        empty={<Empty title={t.jobs.none} next={t.jobs.noneNext} />}
      />
    </>
  );
}
