import { useMemo, useState } from "react";
import { path, post, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { PendingDevice } from "../../api/types";
import { useAction } from "../../parts/action";
import { BulkBar } from "../../parts/BulkBar";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { Ago, Badge, Given } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { useStartJob } from "../../parts/start_job";

const kColumns: Column<PendingDevice>[] = [
  {
    id: "hardware",
    header: t.columns.hardware,
    place: "main",
    cell: ({ hardware_id, pending_for_hardware }) => (
      <>
        <Given text={hardware_id} isMono />{" "}
        {pending_for_hardware > 1 && <Badge tone="warn">{t.enrolment.rivals(pending_for_hardware)}</Badge>}
      </>
    ),
  },
  { id: "device", header: t.columns.device, cell: ({ controller_id }) => <Given text={controller_id} /> },
  { id: "name", header: t.columns.name, cell: ({ device_name }) => <Given text={device_name} /> },
  { id: "peer", header: t.columns.peer, place: "code", cell: ({ peer }) => <Given text={peer} isMono /> },
  { id: "asked", header: t.columns.asked, cell: ({ requested_at }) => <Ago at={requested_at} /> },
  { id: "expires", header: t.columns.expires, cell: ({ expires_at }) => <Ago at={expires_at} /> },
];

export function WaitingTable() {
  const { canWrite } = useSession();
  const list = useList<PendingDevice>("/admin/pending-devices", "pending");
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const columns = useMemo<Column<PendingDevice>[]>(() => {
    const acts: Column<PendingDevice> = {
      id: "acts",
      header: t.columns.acts,
      place: "end",
      cell: (device) => <WaitingActs device={device} />,
    };
    return canWrite ? [...kColumns, acts] : kColumns;
  }, [canWrite]);
  return (
    <>
      {list.rows.some((device) => device.pending_for_hardware > 1) && (
        <p className="hint">{t.enrolment.rivalsText}</p>
      )}
      {canWrite && <WaitingBulk selected={selected} onClear={() => setSelected(new Set())} />}
      <DataTable
        label={t.enrolment.waiting}
        columns={columns}
        rowId={(device) => String(device.pending_id)}
        list={list}
        selection={
          canWrite
            ? { ids: selected, onChange: setSelected, nameOf: (device) => device.hardware_id }
            : undefined
        }
        empty={<Empty title={t.enrolment.noneWaiting} next={t.enrolment.noneWaitingNext} />}
      />
    </>
  );
}

function WaitingActs({ device }: { device: PendingDevice }) {
  const action = useAction();
  const url = path`/admin/pending-devices/${device.pending_id}`;
  const name = device.controller_id || device.hardware_id;
  return (
    <div className="acts">
      <Button
        kind="primary"
        isDisabled={action.isRunning}
        onPress={() =>
          void action.run(() => post(`${url}/approve`), {
            done: t.enrolment.approved(name),
            failed: t.enrolment.notApproved(name),
          })
        }
      >
        {t.enrolment.approve}
      </Button>
      <ConfirmButton
        label={t.enrolment.deny}
        kind="quiet"
        title={t.enrolment.denyTitle(name)}
        consequence={t.enrolment.denyText}
        confirmLabel={t.enrolment.deny}
        isDisabled={action.isRunning}
        onConfirm={() =>
          void action.run(() => remove(url), {
            done: t.enrolment.denied(name),
            failed: t.enrolment.notDenied(name),
          })
        }
      />
    </div>
  );
}

function WaitingBulk({ selected, onClear }: { selected: ReadonlySet<string>; onClear(): void }) {
  const jobs = useStartJob();
  const ids = [...selected].map(Number);
  return (
    <BulkBar count={ids.length} onClear={onClear}>
      <ConfirmButton
        label={t.enrolment.approve}
        kind="primary"
        title={t.enrolment.approveManyTitle(ids.length)}
        consequence={t.enrolment.approveManyText}
        confirmLabel={t.enrolment.approve}
        confirmKind="primary"
        isDisabled={jobs.isRunning}
        onConfirm={() => void jobs.start("approve-devices", ids)}
      />
      <ConfirmButton
        label={t.enrolment.deny}
        kind="danger"
        title={t.enrolment.denyManyTitle(ids.length)}
        consequence={t.enrolment.denyText}
        confirmLabel={t.enrolment.deny}
        isDisabled={jobs.isRunning}
        onConfirm={() => void jobs.start("deny-devices", ids)}
      />
    </BulkBar>
  );
}
