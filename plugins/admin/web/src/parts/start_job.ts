import { post } from "../api/client";
import type { Job, JobKind } from "../api/types";
import { useAction } from "./action";
import { useGo } from "./places";
import { t } from "../common_strings";

/** Gives the hub a list of things to do, and goes to where one sees how it goes. */
export function useStartJob() {
  const action = useAction();
  const go = useGo();
  const start = async (kind: JobKind, items: (string | number)[]) => {
    const job = await action.run(() => post<Job>("/admin/jobs", { kind, items: items.map(String) }), {
      done: t.job.started(items.length),
      failed: t.job.notStarted,
    });
    if (job) go(`/admin/jobs/${job.job_id}`);
  };
  return { start, isRunning: action.isRunning };
}
