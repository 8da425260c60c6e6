import { useState } from "react";
import { useLocation } from "wouter";
import { path, post, remove } from "../../api/client";
import type { Device, ReleaseKey } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { formatMoment } from "../../parts/format";
import { SecretOnce } from "../../parts/SecretOnce";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { RenameDialog } from "./RenameDialog";

export function DeviceActions({ device, etag }: { device: Device; etag: string | null }) {
  const { canWrite } = useSession();
  const [isRenaming, setRenaming] = useState(false);
  if (!canWrite) return null;
  return (
    <>
      <Button onPress={() => setRenaming(true)}>{t.device.rename}</Button>
      <ReleaseButton controllerId={device.controller_id} />
      <DeleteButton controllerId={device.controller_id} />
      {isRenaming && <RenameDialog device={device} etag={etag} onClose={() => setRenaming(false)} />}
    </>
  );
}

function ReleaseButton({ controllerId }: { controllerId: string }) {
  const action = useAction();
  const [key, setKey] = useState<ReleaseKey | null>(null);
  const release = async () => {
    const made = await action.run(() => post<ReleaseKey>(path`/admin/devices/${controllerId}/release`), {
      failed: t.device.notReleased(controllerId),
    });
    if (made) setKey(made);
  };
  return (
    <>
      <ConfirmButton
        label={t.device.release}
        title={t.device.releaseTitle(controllerId)}
        consequence={t.device.releaseText}
        confirmLabel={t.device.release}
        confirmKind="primary"
        isDisabled={action.isRunning}
        onConfirm={() => void release()}
      />
      <SecretOnce
        title={t.device.releaseKeyTitle}
        explanation={t.device.releaseKeyText(formatMoment(key?.expires_at ?? ""))}
        secret={key?.enrolment_key ?? null}
        onClose={() => setKey(null)}
      />
    </>
  );
}

function DeleteButton({ controllerId }: { controllerId: string }) {
  const action = useAction();
  const [, navigate] = useLocation();
  const forget = async () => {
    const isDone = await action.run(() => remove(path`/devices/${controllerId}`).then(() => true), {
      done: t.device.deleted(controllerId),
      failed: t.device.notDeleted(controllerId),
    });
    if (isDone) navigate("/devices");
  };
  return (
    <ConfirmButton
      label={t.common.delete}
      kind="danger"
      title={t.device.deleteTitle(controllerId)}
      consequence={t.device.deleteText}
      confirmLabel={t.common.delete}
      isDisabled={action.isRunning}
      onConfirm={() => void forget()}
    />
  );
}
