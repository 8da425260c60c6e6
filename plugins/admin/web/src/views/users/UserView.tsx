import { useLocation } from "wouter";
import { path, remove } from "../../api/client";
import { useList } from "../../api/list";
import type { Grant } from "../../api/types";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty, Panel, ViewHead } from "../../parts/layout";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { GrantTable } from "./GrantTable";

export function UserView({ userId }: { userId: string }) {
  const { canWrite } = useSession();
  const list = useList<Grant>("/admin/grants", "grants", { user_id: userId });
  const names = [...new Set(list.rows.map((grant) => grant.name).filter(Boolean))];
  const name = names.length > 0 ? names.join(", ") : t.person.unnamed(userId);
  return (
    <>
      <ViewHead title={name} back={{ to: "/users", label: t.users.title }} lead={t.users.idIs(userId)}>
        {canWrite && <DeleteUser userId={userId} name={name} />}
      </ViewHead>
      <Panel title={t.users.access}>
        <GrantTable
          label={t.users.access}
          list={list}
          without="user"
          empty={<Empty title={t.users.noAccess} next={t.users.noAccessNext} />}
        />
      </Panel>
    </>
  );
}

function DeleteUser({ userId, name }: { userId: string; name: string }) {
  const action = useAction();
  const [, navigate] = useLocation();
  const forget = async () => {
    const isDone = await action.run(() => remove(path`/admin/users/${userId}`).then(() => true), {
      done: t.users.deleted(name),
      failed: t.users.notDeleted(name),
    });
    if (isDone) navigate("/users");
  };
  return (
    <ConfirmButton
      label={t.common.delete}
      kind="danger"
      title={t.users.deleteTitle(name)}
      consequence={t.users.deleteText}
      confirmLabel={t.common.delete}
      isDisabled={action.isRunning}
      onConfirm={() => void forget()}
    />
  );
}
