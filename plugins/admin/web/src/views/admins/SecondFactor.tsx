import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { post, remove } from "../../api/client";
import type { TotpSecret } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DialogBox } from "../../parts/DialogBox";
import { TextField } from "../../parts/fields";
import { Panel } from "../../parts/layout";
import { QrCode } from "../../parts/QrCode";
import { SecretOnce, SecretText } from "../../parts/SecretOnce";
import { Badge } from "../../parts/Words";
import { kSessionKey, useSession } from "../../session/session";
import { t } from "../../strings";

/** A code from a phone beside the password (TOTP). */
export function SecondFactor() {
  const { session } = useSession();
  const client = useQueryClient();
  const action = useAction();
  const [made, setMade] = useState<TotpSecret | null>(null);
  const [recovery, setRecovery] = useState<string[] | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: kSessionKey });

  const begin = async () => {
    const secret = await action.run(() => post<TotpSecret>("/admin/totp"), { failed: t.totp.notBegun });
    if (secret) setMade(secret);
  };
  const switchOff = () =>
    action
      .run(() => remove("/admin/totp"), { done: t.totp.switchedOff, failed: t.totp.notSwitchedOff })
      .then(refresh);
  const confirmed = (codes: string[]) => {
    setMade(null);
    setRecovery(codes);
    refresh();
  };

  return (
    <Panel
      title={t.totp.title}
      beside={
        <Badge tone={session.totp_enabled ? "good" : "calm"}>
          {session.totp_enabled ? t.common.on : t.common.off}
        </Badge>
      }
    >
      <p>{t.totp.lead}</p>
      {session.totp_enabled ? (
        <ConfirmButton
          label={t.totp.switchOff}
          title={t.totp.switchOffTitle}
          consequence={t.totp.switchOffText}
          confirmLabel={t.totp.switchOff}
          isDisabled={action.isRunning}
          onConfirm={() => void switchOff()}
        />
      ) : (
        <Button kind="primary" isDisabled={action.isRunning} onPress={() => void begin()}>
          {t.totp.switchOn}
        </Button>
      )}
      {made && <ConfirmCode made={made} onClose={() => setMade(null)} onConfirmed={confirmed} />}
      <SecretOnce
        title={t.totp.recoveryTitle}
        explanation={t.totp.recoveryText}
        secret={recovery ? recovery.join("\n") : null}
        onClose={() => setRecovery(null)}
      />
    </Panel>
  );
}

interface ConfirmCodeProps {
  made: TotpSecret;
  onClose(): void;
  onConfirmed(recoveryCodes: string[]): void;
}

function ConfirmCode({ made, onClose, onConfirmed }: ConfirmCodeProps) {
  const action = useAction();
  const [code, setCode] = useState("");
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await action.run(
      () => post<{ recovery_codes: string[] }>("/admin/totp/confirm", { code: code.trim() }),
      {
        failed: t.totp.wrongCode,
      },
    );
    if (answer) onConfirmed(answer.recovery_codes);
  };
  return (
    <DialogBox title={t.totp.title} isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <p>{t.totp.scan}</p>
      <QrCode text={made.uri} label={t.totp.qrAlt} />
      <p className="small">{t.totp.orType}</p>
      <SecretText secret={made.secret} />
      <form className="form" onSubmit={(event) => void confirm(event)}>
        <TextField
          label={t.totp.code}
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          isRequired
        />
        <div className="dialog-buttons">
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button kind="primary" type="submit" isDisabled={action.isRunning}>
            {t.totp.confirm}
          </Button>
        </div>
      </form>
    </DialogBox>
  );
}
