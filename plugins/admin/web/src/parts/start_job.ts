import { useState } from "react";
import { post } from "../api/client";
import type { JobKind, NewJob } from "../api/types";
import { useAction } from "./action";
import { useGo } from "./places";
import { t } from "../common_strings";

/** Gives the hub a list of things to do, and goes to where one sees how it goes. */
export function useStartJob() {
  const action = useAction();
  const go = useGo();
  const [shown, setShown] = useState<{ url: string; csv: string } | null>(null);
  const start = async (kind: JobKind, items: (string | number)[]) => {
    const job = await action.run(() => post<NewJob>("/admin/jobs", { kind, items: items.map(String) }), {
      done: t.job.started(items.length),
      failed: t.job.notStarted,
    });
    if (!job) return;
    const url = `/admin/jobs/${job.job_id}`;
    if (job.secrets) setShown({ url, csv: secretsCsv(job.secrets) });
    else go(url);
  };
  return {
    start,
    isRunning: action.isRunning,
    /** For `SecretsOnce`, where the job gives its maker secrets; null: it does not. */
    secrets: shown?.csv ?? null,
    /** To the job, when they have been saved. */
    goOn: () => {
      if (shown) go(shown.url);
      setShown(null);
    },
  };
}

// Names of devices and secrets of the hub need no quotes.
function secretsCsv(secrets: { item: string; secret: string }[]): string {
  const rows = secrets.map(({ item, secret }) => `${item},${secret}\r\n`);
  return `controller_id,enrolment_key\r\n${rows.join("")}`;
}
