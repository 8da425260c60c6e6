import { useState, type FormEvent } from "react";
import { ApiError, post } from "../../api/client";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { SelectField, TextField } from "../../parts/fields";
import { t } from "../../strings";

export function NewAdmin() {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState("viewer");
  const [refused, setRefused] = useState<ApiError | null>(null);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const isMade = await action.run(() => post("/admin/admins", { name, password, role }).then(() => true), {
      done: t.admins.made(name),
      failed: t.admins.notMade,
      onError: (error) => {
        if (!(error instanceof ApiError) || error.fields.length === 0) return false;
        setRefused(error);
        return true;
      },
    });
    if (!isMade) return;
    setOpen(false);
    setName("");
    setPassword("");
  };

  return (
    <>
      <Button kind="primary" onPress={() => setOpen(true)}>
        {t.admins.add}
      </Button>
      <DialogBox title={t.admins.add} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void make(event)}>
          <TextField
            label={t.columns.name}
            error={refused?.fieldDetail("name")}
            value={name}
            onChange={setName}
            autoComplete="off"
            isRequired
          />
          <TextField
            label={t.login.password}
            help={t.setup.passwordHelp}
            error={refused?.fieldDetail("password")}
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
            isRequired
          />
          <SelectField
            label={t.columns.role}
            value={role}
            choices={t.admins.roleChoices}
            onChange={setRole}
          />
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.admins.add}
            </Button>
          </div>
        </form>
      </DialogBox>
    </>
  );
}
