import { useState, type FormEvent } from "react";
import { ApiError, post } from "../../api/client";
import type { NewApiToken } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { SelectField, TextField } from "../../parts/fields";
import { SecretOnce } from "../../parts/SecretOnce";
import { t } from "../../strings";

export function NewToken() {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const [refused, setRefused] = useState<ApiError | null>(null);
  const [secret, setSecret] = useState<string | null>(null);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const body = { name, role, ...(days ? { expires_in_days: Number(days) } : {}) };
    const made = await action.run(() => post<NewApiToken>("/admin/tokens", body), {
      failed: t.admins.tokenNotMade,
      onError: (error) => {
        if (!(error instanceof ApiError) || error.fields.length === 0) return false;
        setRefused(error);
        return true;
      },
    });
    if (!made) return;
    setOpen(false);
    setName("");
    setSecret(made.token);
  };

  return (
    <>
      <Button kind="primary" icon="key" onPress={() => setOpen(true)}>
        {t.admins.newToken}
      </Button>
      <DialogBox title={t.admins.newToken} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void make(event)}>
          <TextField
            label={t.columns.name}
            help={t.admins.tokenNameHelp}
            error={refused?.fieldDetail("name")}
            value={name}
            onChange={setName}
            isRequired
          />
          <SelectField
            label={t.columns.role}
            value={role}
            choices={t.admins.roleChoices}
            onChange={setRole}
          />
          <TextField
            label={t.admins.days}
            help={t.admins.daysHelp}
            error={refused?.fieldDetail("expires_in_days")}
            type="number"
            inputMode="numeric"
            value={days}
            onChange={setDays}
          />
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.admins.newToken}
            </Button>
          </div>
        </form>
      </DialogBox>
      <SecretOnce
        title={t.admins.tokenTitle}
        explanation={t.admins.tokenText}
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </>
  );
}
