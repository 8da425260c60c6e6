import { Empty, Loading, Panel } from "../../parts/layout";
import { ErrorBox } from "../../parts/notices";
import { Ago, Given } from "../../parts/Words";
import { t } from "../../strings";
import type { useDeviceStatus } from "./device_status";

/** The members of the last status by name; what is nested is shown as JSON. */
export function LastStatus({ status }: { status: ReturnType<typeof useDeviceStatus> }) {
  const { data, error, refetch } = status;
  return (
    <Panel title={t.device.lastStatus} beside={data?.status_at ? <Ago at={data.status_at} /> : undefined}>
      {error && !data && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Loading />}
      {data && !data.status && <Empty title={t.device.noStatus} next={t.device.noStatusNext} />}
      {data?.status && (
        <dl className="facts facts-rows" aria-live="polite">
          {Object.entries(data.status).map(([name, value]) => (
            <div key={name}>
              <dt>
                <Given text={name} isMono />
              </dt>
              <dd>
                <Given text={typeof value === "object" ? JSON.stringify(value) : String(value)} isMono />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
