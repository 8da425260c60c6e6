import { useMemo } from "react";
import { path, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { EnrolmentKey } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { Ago, Given } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";

const kColumns: Column<EnrolmentKey>[] = [
  { id: "name", header: t.columns.name, place: "main", cell: (key) => <Given text={keyName(key)} /> },
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
    <DataTable
      label={t.enrolment.keys}
      columns={columns}
      rowId={(key) => String(key.key_id)}
      list={list}
      empty={<Empty title={t.enrolment.noKeys} next={t.enrolment.noKeysNext} />}
    />
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
