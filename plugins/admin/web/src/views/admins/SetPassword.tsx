import { useState, type FormEvent } from "react";
import { ApiError, patch, path } from "../../api/client";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { TextField } from "../../parts/fields";
import { useSession } from "../../session/session";
import { t } from "../../strings";

/** One's own password needs the one that holds now. */
export function SetPassword({ name }: { name: string }) {
  const { session } = useSession();
  const isOwn = session.name === name;
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [refused, setRefused] = useState<ApiError | null>(null);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const body = { password, ...(isOwn ? { current_password: current } : {}) };
    const isSaved = await action.run(() => patch(path`/admin/admins/${name}`, body).then(() => true), {
      done: t.admins.passwordChanged(name),
      failed: t.admins.notChanged(name),
      onError: (error) => {
        if (!(error instanceof ApiError) || error.fields.length === 0) return false;
        setRefused(error);
        return true;
      },
    });
    if (!isSaved) return;
    setOpen(false);
    setCurrent("");
    setPassword("");
  };

  return (
    <>
      <Button kind={isOwn ? "plain" : "quiet"} onPress={() => setOpen(true)}>
        {t.admins.setPassword}
      </Button>
      <DialogBox title={t.admins.setPasswordTitle(name)} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void save(event)}>
          {isOwn && (
            <TextField
              label={t.admins.currentPassword}
              error={refused?.fieldDetail("current_password")}
              type="password"
              value={current}
              onChange={setCurrent}
              autoComplete="current-password"
              isRequired
            />
          )}
          <TextField
            label={t.admins.newPassword}
            help={t.setup.passwordHelp}
            error={refused?.fieldDetail("password")}
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
            isRequired
          />
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {t.common.save}
            </Button>
          </div>
        </form>
      </DialogBox>
    </>
  );
}
