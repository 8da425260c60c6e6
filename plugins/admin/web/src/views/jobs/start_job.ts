import { useLocation } from "wouter";
import { post } from "../../api/client";
import type { Job, JobKind } from "../../api/types";
import { useAction } from "../../parts/action";
import { t } from "../../strings";

/** Gives the hub a list of things to do, and goes to where one sees how it goes. */
export function useStartJob() {
  const action = useAction();
  const [, navigate] = useLocation();
  const start = async (kind: JobKind, items: (string | number)[]) => {
    const job = await action.run(() => post<Job>("/admin/jobs", { kind, items: items.map(String) }), {
      done: t.jobs.started(items.length),
      failed: t.jobs.notStarted,
    });
    if (job) navigate(`/jobs/${job.job_id}`);
  };
  return { start, isRunning: action.isRunning };
}
