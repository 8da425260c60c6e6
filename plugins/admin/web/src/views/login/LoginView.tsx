import { useState, type FormEvent } from "react";
import { ask } from "../../api/client";
import type { NewSession } from "../../api/types";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/fields";
import { ErrorBox } from "../../parts/notices";
import { DoorPage } from "../../parts/DoorPage";
import { useEnterSession } from "../../session/session";
import { t } from "../../strings";

export function LoginView({ hasEnded }: { hasEnded: boolean }) {
  const enter = useEnterSession();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const logIn = async (event: FormEvent) => {
    event.preventDefault();
    setRunning(true);
    setError(null);
    try {
      const body = { name, password, ...(totp.trim() ? { totp: totp.trim() } : {}) };
      await enter((await ask<NewSession>("POST", "/admin/session", { body })).body);
    } catch (problem) {
      setError(problem);
      setRunning(false);
    }
  };

  return (
    <DoorPage title={t.login.title}>
      {hasEnded && (
        <p className="hint" role="status">
          {t.login.ended}
        </p>
      )}
      <form className="form" onSubmit={(event) => void logIn(event)}>
        {error !== null && <ErrorBox error={error} title={t.login.failed} />}
        <TextField label={t.login.name} value={name} onChange={setName} autoComplete="username" isRequired />
        <TextField
          label={t.login.password}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          isRequired
        />
        <TextField
          label={t.login.code}
          help={t.login.codeHelp}
          value={totp}
          onChange={setTotp}
          autoComplete="one-time-code"
          inputMode="text"
        />
        <Button kind="primary" type="submit" isDisabled={isRunning}>
          {isRunning ? t.login.running : t.login.logIn}
        </Button>
      </form>
      <details className="door-help">
        <summary>{t.login.firstTime}</summary>
        <p>{t.login.firstTimeLog}</p>
        <p>{t.login.firstTimeCommand}</p>
        <pre className="mono">{t.login.command}</pre>
        <p>{t.login.forgotten}</p>
        <pre className="mono">{t.login.resetCommand}</pre>
      </details>
    </DoorPage>
  );
}
