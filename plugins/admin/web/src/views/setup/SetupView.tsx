import { useState, type FormEvent } from "react";
import { ApiError, ask } from "../../api/client";
import type { NewSession } from "../../api/types";
import { Button } from "../../parts/Button";
import { DoorPage } from "../../parts/DoorPage";
import { TextField } from "../../parts/fields";
import { ErrorBox } from "../../parts/notices";
import { useEnterSession } from "../../session/session";
import { t } from "../../strings";

/** Reached by the one-time link: makes the admin, and logs in. `onLeave`: the token is of no more use here. */
export function SetupView({ token, onLeave }: { token: string; onLeave(): void }) {
  const enter = useEnterSession();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isDifferent = repeated !== "" && repeated !== password;
  const refused = error instanceof ApiError ? error : null;
  const isLinkOver = refused?.status === 410 || refused?.status === 401;

  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (password !== repeated) return;
    setRunning(true);
    setError(null);
    try {
      const body = { setup_token: token, name, password };
      await enter((await ask<NewSession>("POST", "/admin/setup", { body })).body);
      onLeave();
    } catch (problem) {
      setError(problem);
      setRunning(false);
    }
  };

  if (isLinkOver) return <LinkOver error={error} onLeave={onLeave} />;
  return (
    <DoorPage title={t.setup.title}>
      <p>{t.setup.lead}</p>
      <form className="form" onSubmit={(event) => void create(event)}>
        {refused && <ErrorBox error={error} title={t.setup.failed} />}
        <TextField
          label={t.login.name}
          help={t.setup.nameHelp}
          error={refused?.fieldDetail("name")}
          value={name}
          onChange={setName}
          autoComplete="username"
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
        <TextField
          label={t.setup.repeat}
          error={isDifferent ? t.setup.different : null}
          type="password"
          value={repeated}
          onChange={setRepeated}
          autoComplete="new-password"
          isRequired
        />
        <Button kind="primary" type="submit" isDisabled={isRunning}>
          {isRunning ? t.setup.running : t.setup.create}
        </Button>
      </form>
    </DoorPage>
  );
}

function LinkOver({ error, onLeave }: { error: unknown; onLeave(): void }) {
  return (
    <DoorPage title={t.setup.overTitle}>
      <ErrorBox error={error} title={t.setup.failed} />
      <p>{t.setup.overNext}</p>
      <pre className="mono">{t.login.command}</pre>
      <Button kind="primary" onPress={onLeave}>
        {t.setup.toLogin}
      </Button>
    </DoorPage>
  );
}
