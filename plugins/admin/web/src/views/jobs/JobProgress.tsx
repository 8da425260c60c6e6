import type { Job } from "../../api/types";
import { Badge } from "../../parts/Words";
import { t } from "../../strings";

export function JobStateBadge({ job }: { job: Job }) {
  if (job.state === "running") return <Badge tone="busy">{t.jobs.states.running}</Badge>;
  if (job.state === "done" && job.failed > 0) return <Badge tone="bad">{t.jobs.withFailures}</Badge>;
  return <Badge tone={job.state === "done" ? "good" : "calm"}>{t.jobs.states[job.state] ?? job.state}</Badge>;
}

export function JobProgress({ job }: { job: Job }) {
  const words = t.jobs.count(job.done, job.total, job.failed);
  return (
    <div className="job-progress">
      <progress max={Math.max(job.total, 1)} value={job.done} aria-label={words} />
      <span className="small tabular">{words}</span>
    </div>
  );
}
