import { useState, type FormEvent } from "react";
import { ApiError, post } from "../../api/client";
import type { NewEnrolmentKey } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { TextField } from "../../parts/fields";
import { SecretOnce } from "../../parts/SecretOnce";
import { t } from "../../strings";

export function NewKey() {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [maxUses, setMaxUses] = useState("1");
  const [hours, setHours] = useState("24");
  const [refused, setRefused] = useState<ApiError | null>(null);
  const [secret, setSecret] = useState<string | null>(null);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const body = {
      ...(name.trim() ? { name: name.trim() } : {}),
      ...(maxUses ? { max_uses: Number(maxUses) } : {}),
      ...(hours ? { expires_in_hours: Number(hours) } : {}),
    };
    const made = await action.run(() => post<NewEnrolmentKey>("/admin/enrolment-keys", body), {
      failed: t.enrolment.notMade,
      onError: (error) => {
        if (!(error instanceof ApiError) || error.fields.length === 0) return false;
        setRefused(error);
        return true;
      },
    });
    if (!made) return;
    setOpen(false);
    setSecret(made.enrolment_key);
  };

  return (
    <>
      <Button kind="primary" icon="key" onPress={() => setOpen(true)}>
        {t.enrolment.newKey}
      </Button>
      <DialogBox title={t.enrolment.newKey} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void make(event)}>
          <TextField
            label={t.columns.name}
            help={t.enrolment.nameHelp}
            error={refused?.fieldDetail("name")}
            value={name}
            onChange={setName}
          />
          <TextField
            label={t.enrolment.maxUses}
            error={refused?.fieldDetail("max_uses")}
            type="number"
            inputMode="numeric"
            value={maxUses}
            onChange={setMaxUses}
          />
          <TextField
            label={t.enrolment.hours}
            error={refused?.fieldDetail("expires_in_hours")}
            type="number"
            inputMode="numeric"
            value={hours}
            onChange={setHours}
          />
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.enrolment.make}
            </Button>
          </div>
        </form>
      </DialogBox>
      <SecretOnce
        title={t.enrolment.secretTitle}
        explanation={t.enrolment.secretText}
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </>
  );
}
