import { useState, type FormEvent } from "react";
import { ApiError, path, post } from "../../api/client";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { SelectField, TextField } from "../../parts/fields";
import { t } from "../../strings";

export function AddMember({ siteId }: { siteId: string }) {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [userId, setUserId] = useState("");
  const [level, setLevel] = useState("engineer");
  const [name, setName] = useState("");
  const [refused, setRefused] = useState<ApiError | null>(null);

  const add = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const member = {
      user_id: Number(userId),
      access_level: level,
      ...(name === "" ? {} : { name }),
    };
    const isAdded = await action.run(() => post(path`/sites/${siteId}/users`, member).then(() => true), {
      done: t.sites.memberAdded(name || t.person.unnamed(userId)),
      failed: t.sites.memberNotAdded,
      onError: (error) => {
        if (!(error instanceof ApiError) || error.fields.length === 0) return false;
        setRefused(error);
        return true;
      },
    });
    if (!isAdded) return;
    setOpen(false);
    setUserId("");
    setName("");
  };

  return (
    <>
      <Button onPress={() => setOpen(true)}>{t.sites.addMember}</Button>
      <DialogBox title={t.sites.addMember} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void add(event)}>
          <TextField
            label={t.sites.userId}
            help={t.sites.userIdHelp}
            error={refused?.fieldDetail("user_id")}
            value={userId}
            onChange={setUserId}
            inputMode="numeric"
            autoComplete="off"
            isRequired
          />
          <SelectField label={t.columns.level} value={level} choices={t.sites.levels} onChange={setLevel} />
          <TextField
            label={t.columns.name}
            help={t.sites.nameHelp}
            error={refused?.fieldDetail("name")}
            value={name}
            onChange={setName}
            autoComplete="off"
          />
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.sites.addMember}
            </Button>
          </div>
        </form>
      </DialogBox>
    </>
  );
}
