import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { ApiError, ask, patch, path } from "../../api/client";
import type { Device } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { TextField } from "../../parts/fields";
import { t } from "../../strings";
import { Conflict } from "./Conflict";

interface RenameDialogProps {
  device: Device;
  etag: string | null;
  onClose(): void;
}

interface Version {
  device: Device;
  etag: string | null;
}

/** Changes the names of a device, unless somebody else has changed them since they were shown: then it asks. */
export function RenameDialog({ device, etag, onClose }: RenameDialogProps) {
  const action = useAction();
  const [, navigate] = useLocation();
  // What was shown when the dialog opened; the view behind it goes on changing.
  const [seen, setSeen] = useState<Version>({ device, etag });
  const [theirs, setTheirs] = useState<Version | null>(null);
  const [controllerId, setControllerId] = useState(device.controller_id);
  const [deviceName, setDeviceName] = useState(device.device_name);
  const [refused, setRefused] = useState<ApiError | null>(null);

  const save = async (over: Version) => {
    setRefused(null);
    const body = { controller_id: controllerId, device_name: deviceName };
    const isSaved = await action.run(
      () => patch(path`/devices/${over.device.controller_id}`, body, over.etag).then(() => true),
      {
        done: t.device.renamed(controllerId),
        failed: t.device.notRenamed,
        onError: (error) => isShownHere(error),
      },
    );
    if (!isSaved) return;
    onClose();
    if (controllerId !== device.controller_id)
      navigate(`/devices/${encodeURIComponent(controllerId)}`, { replace: true });
  };

  const isShownHere = (error: unknown) => {
    if (!(error instanceof ApiError)) return false;
    if (error.status === 412) {
      void showTheirs();
      return true;
    }
    setRefused(error);
    return error.fields.length > 0;
  };

  const showTheirs = async () => {
    const url = path`/devices/${seen.device.controller_id}`;
    const now = await action.run(() => ask<Device>("GET", url), { failed: t.device.notRenamed });
    if (now) setTheirs({ device: now.body, etag: now.etag });
  };

  const takeTheirs = (now: Version) => {
    setSeen(now);
    setControllerId(now.device.controller_id);
    setDeviceName(now.device.device_name);
    setTheirs(null);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(seen);
  };

  return (
    <DialogBox title={t.device.renameTitle} isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      {theirs ? (
        <Conflict
          seen={seen.device}
          now={theirs.device}
          wanted={{ controller_id: controllerId, device_name: deviceName }}
          onTakeTheirs={() => takeTheirs(theirs)}
          onOverwrite={() => {
            setSeen(theirs);
            setTheirs(null);
            void save(theirs);
          }}
        />
      ) : (
        <form className="form" onSubmit={submit}>
          <TextField
            label={t.columns.device}
            help={t.device.controllerIdHelp}
            error={refused?.fieldDetail("controller_id")}
            value={controllerId}
            onChange={setControllerId}
            isRequired
          />
          <TextField
            label={t.columns.name}
            error={refused?.fieldDetail("device_name")}
            value={deviceName}
            onChange={setDeviceName}
          />
          <div className="dialog-buttons">
            <Button onPress={onClose}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.common.save}
            </Button>
          </div>
        </form>
      )}
    </DialogBox>
  );
}
