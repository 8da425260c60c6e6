import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { get, path, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { JobPage, JobRow } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty, Loading, Panel, ViewHead } from "../../parts/layout";
import { ErrorBox } from "../../parts/notices";
import { Badge, Given, type Tone } from "../../parts/Words";
import { useSession } from "../../session/session";
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
  const { canWrite } = useSession();
  const url = path`/admin/jobs/${jobId}`;
  const job = useQuery({
    queryKey: ["one", url],
    queryFn: ({ signal }) => get<JobPage>(url, { limit: 1 }, signal),
    refetchInterval: ({ state }) => (state.data?.job.state === "running" ? kAskMs : false),
  });
  const shown = job.data?.job;
  const isRunning = shown?.state === "running";
  const rows = useList<JobRow>(url, "rows");
  const { refetch } = rows;
  const done = shown?.done;
  const refetchRows = useRef(refetch);
  refetchRows.current = refetch;
  useEffect(() => refetchRows.current(), [done, isRunning]);
  const title = shown ? (t.jobs.kinds[shown.kind] ?? shown.kind) : t.jobs.one(jobId);
  return (
    <>
      <ViewHead
        title={title}
        beside={shown && <JobStateBadge job={shown} />}
        back={{ to: "/jobs", label: t.jobs.title }}
        lead={shown && t.jobs.startedBy(shown.created_by)}
      >
        {isRunning && canWrite && <CancelJob url={url} />}
      </ViewHead>
      {job.error && !shown && <ErrorBox error={job.error} onRetry={() => void job.refetch()} />}
      {!shown && !job.error && <Loading />}
      {shown && (
        <>
          <JobProgress job={shown} />
          <Panel title={t.jobs.rows}>
            <DataTable
              label={t.jobs.rows}
              columns={kColumns}
              rowId={(row) => String(row.number)}
              list={rows}
              empty={<Empty title={t.jobs.noRows} />}
            />
          </Panel>
        </>
      )}
    </>
  );
}

function CancelJob({ url }: { url: string }) {
  const action = useAction();
  return (
    <ConfirmButton
      label={t.jobs.cancel}
      title={t.jobs.cancelTitle}
      consequence={t.jobs.cancelText}
      confirmLabel={t.jobs.cancel}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(url), { done: t.jobs.wasCancelled, failed: t.jobs.notCancelled })
      }
    />
  );
}
