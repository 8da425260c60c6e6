import { useState, type FormEvent } from "react";
import { ApiError, path, post } from "../../api/client";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { TextField } from "../../parts/fields";
import { t } from "../../strings";

export function AddDevice({ siteId }: { siteId: string }) {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [refused, setRefused] = useState<ApiError | null>(null);

  const add = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const isAdded = await action.run(
      () => post(path`/sites/${siteId}/devices`, { controller_id: name }).then(() => true),
      {
        done: t.sites.deviceAdded(name),
        failed: t.sites.deviceNotAdded(name),
        onError: (error) => {
          if (!(error instanceof ApiError) || error.fields.length === 0) return false;
          setRefused(error);
          return true;
        },
      },
    );
    if (!isAdded) return;
    setOpen(false);
    setName("");
  };

  return (
    <>
      <Button onPress={() => setOpen(true)}>{t.sites.addDevice}</Button>
      <DialogBox title={t.sites.addDevice} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void add(event)}>
          <TextField
            label={t.columns.device}
            help={t.sites.addDeviceHelp}
            error={refused?.fieldDetail("controller_id")}
            value={name}
            onChange={setName}
            autoComplete="off"
            isRequired
          />
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.sites.addDevice}
            </Button>
          </div>
        </form>
      </DialogBox>
    </>
  );
}
