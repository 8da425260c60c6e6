import { useQuery } from "@tanstack/react-query";
import { get, path } from "../../api/client";
import { useList } from "../../api/list";
import type { JobPage, JobRow } from "../../api/types";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty, Loading, Panel, ViewHead } from "../../parts/layout";
import { ErrorBox } from "../../parts/notices";
import { Badge, Given, type Tone } from "../../parts/Words";
import { t } from "../../strings";
import { JobProgress, JobStateBadge } from "./JobProgress";

const kAskMs = 1_000;
const kTones: Record<JobRow["state"], Tone> = { waiting: "calm", done: "good", failed: "bad" };

const kColumns: Column<JobRow>[] = [
  { id: "item", header: t.columns.item, place: "main", cell: ({ item }) => <Given text={item} /> },
  {
    id: "state",
    header: t.columns.state,
    cell: ({ state }) => <Badge tone={kTones[state]}>{t.jobs.rowStates[state] ?? state}</Badge>,
  },
  { id: "detail", header: t.columns.detail, place: "wide", cell: ({ detail }) => <Given text={detail} /> },
];

export function JobView({ jobId }: { jobId: string }) {
  const url = path`/admin/jobs/${jobId}`;
  const job = useQuery({
    queryKey: ["one", url],
    queryFn: ({ signal }) => get<JobPage>(url, { limit: 1 }, signal),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? kAskMs : false),
  });
  const isRunning = job.data?.state === "running";
  const rows = useList<JobRow>(url, "rows", {}, { everyMs: isRunning ? kAskMs * 2 : false });
  const title = job.data ? (t.jobs.kinds[job.data.kind] ?? job.data.kind) : t.jobs.one(jobId);
  return (
    <>
      <ViewHead
        title={title}
        beside={job.data && <JobStateBadge job={job.data} />}
        back={{ to: "/jobs", label: t.jobs.title }}
        lead={job.data && t.jobs.startedBy(job.data.created_by)}
      />
      {job.error && !job.data && <ErrorBox error={job.error} onRetry={() => void job.refetch()} />}
      {!job.data && !job.error && <Loading />}
      {job.data && (
        <>
          <JobProgress job={job.data} />
          <Panel title={t.jobs.rows}>
            <DataTable
              label={t.jobs.rows}
              columns={kColumns}
              rowId={(row) => String(row.item)}
              list={rows}
              empty={<Empty title={t.jobs.noRows} />}
            />
          </Panel>
        </>
      )}
    </>
  );
}
