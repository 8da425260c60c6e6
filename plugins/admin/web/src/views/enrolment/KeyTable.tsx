import { useMemo, useState } from "react";
import { path, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { EnrolmentKey } from "../../api/types";
import { useAction } from "../../parts/action";
import { BulkBar } from "../../parts/BulkBar";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { useStartJob } from "../../parts/start_job";
import { Ago, Given } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";

const kColumns: Column<EnrolmentKey>[] = [
  { id: "name", header: t.columns.name, place: "main", cell: (key) => <Given text={keyName(key)} /> },
  {
    id: "hardware",
    header: t.columns.hardware,
    place: "code",
    cell: ({ hardware_id, controller_id }) =>
      hardware_id === null ? (
        t.enrolment.anyHardware
      ) : (
        <>
          <Given text={hardware_id} isMono />{" "}
          {controller_id !== null && <Given text={t.enrolment.forName(controller_id)} />}
        </>
      ),
  },
  {
    id: "uses",
    header: t.columns.uses,
    place: "number",
    cell: ({ uses, max_uses }) => t.enrolment.uses(uses, max_uses),
  },
  {
    id: "expires",
    header: t.columns.expires,
    cell: ({ expires_at }) => <Ago at={expires_at} never={t.common.noEnd} />,
  },
  { id: "created", header: t.columns.added, cell: ({ created_at }) => <Ago at={created_at} /> },
];

function keyName(key: EnrolmentKey): string {
  return key.name || t.enrolment.unnamedKey(key.key_id);
}

export function KeyTable() {
  const { canWrite } = useSession();
  const list = useList<EnrolmentKey>("/admin/enrolment-keys", "keys");
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const columns = useMemo<Column<EnrolmentKey>[]>(() => {
    const acts: Column<EnrolmentKey> = {
      id: "acts",
      header: t.columns.acts,
      place: "end",
      cell: (key) => <DeleteKey enrolmentKey={key} />,
    };
    return canWrite ? [...kColumns, acts] : kColumns;
  }, [canWrite]);
  return (
    <>
      {canWrite && <KeyBulk selected={selected} onClear={() => setSelected(new Set())} />}
      <DataTable
        label={t.enrolment.keys}
        columns={columns}
        rowId={(key) => String(key.key_id)}
        list={list}
        selection={canWrite ? { ids: selected, onChange: setSelected, nameOf: keyName } : undefined}
        empty={<Empty title={t.enrolment.noKeys} next={t.enrolment.noKeysNext} />}
      />
    </>
  );
}

function KeyBulk({ selected, onClear }: { selected: ReadonlySet<string>; onClear(): void }) {
  const jobs = useStartJob();
  const ids = [...selected];
  return (
    <BulkBar count={ids.length} onClear={onClear}>
      <ConfirmButton
        label={t.common.delete}
        kind="danger"
        title={t.enrolment.deleteManyKeysTitle(ids.length)}
        consequence={t.enrolment.deleteKeyText}
        confirmLabel={t.common.delete}
        isDisabled={jobs.isRunning}
        onConfirm={() => void jobs.start("delete-enrolment-keys", ids)}
      />
    </BulkBar>
  );
}

function DeleteKey({ enrolmentKey }: { enrolmentKey: EnrolmentKey }) {
  const action = useAction();
  const name = keyName(enrolmentKey);
  return (
    <ConfirmButton
      label={t.common.delete}
      kind="quiet"
      title={t.enrolment.deleteKeyTitle(name)}
      consequence={t.enrolment.deleteKeyText}
      confirmLabel={t.common.delete}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(path`/admin/enrolment-keys/${enrolmentKey.key_id}`), {
          done: t.enrolment.keyDeleted(name),
          failed: t.enrolment.keyNotDeleted(name),
        })
      }
    />
  );
}
