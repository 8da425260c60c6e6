import { useState } from "react";
import { path, post } from "../../api/client";
import type { SentCommand } from "../../api/types";
import { useLive } from "../../live/LiveProvider";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { TextField } from "../../parts/fields";
import { Panel } from "../../parts/layout";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { CommandProgress } from "./CommandProgress";
import { readCommand } from "./command_text";

type Command = Record<string, unknown>;

/** Sends commands in this person's name, and follows each to its end. */
export function Console({ controllerId, isOnline }: { controllerId: string; isOnline: boolean }) {
  const live = useLive();
  const { session } = useSession();
  const action = useAction();
  const [sent, setSent] = useState<SentCommand | null>(null);
  const mayMove = live.isInStep && isOnline && !action.isRunning;

  const send = async (command: Command) => {
    const answer = await action.run(
      () =>
        post<SentCommand>(path`/admin/devices/${controllerId}/commands`, {
          command,
          idempotency_key: newKey(),
        }),
      { failed: t.console.notSent },
    );
    if (answer) setSent(answer);
  };

  return (
    <Panel title={t.console.title}>
      {!isOnline && <p className="hint">{t.console.offline}</p>}
      {isOnline && !live.isInStep && <p className="hint">{t.console.stale}</p>}
      <p className="small">{t.console.inNameOf(session.name)}</p>
      <div className="console-buttons">
        <MoveButton
          label={t.console.open}
          title={t.console.openTitle(controllerId)}
          isDisabled={!mayMove}
          onConfirm={() => void send({ action: "open_gate" })}
        />
        <MoveButton
          label={t.console.close}
          title={t.console.closeTitle(controllerId)}
          isDisabled={!mayMove}
          onConfirm={() => void send({ action: "close_gate" })}
        />
        {/* Whatever the page believes: a stop harms nobody, and the hub knows best. */}
        <Button kind="danger" onPress={() => void send({ action: "stop_gate" })}>
          {t.console.stop}
        </Button>
      </div>
      <FreeCommand
        controllerId={controllerId}
        isDisabled={!mayMove}
        onSend={(command) => void send(command)}
      />
      {sent && <CommandProgress key={sent.command_id} sent={sent} />}
    </Panel>
  );
}

interface MoveButtonProps {
  label: string;
  title: string;
  isDisabled: boolean;
  onConfirm(): void;
}

// A gate that is moved from far away can hit somebody: this asks once. Stopping never asks.
function MoveButton(props: MoveButtonProps) {
  return (
    <ConfirmButton
      {...props}
      kind="primary"
      confirmKind="primary"
      confirmLabel={props.label}
      consequence={t.console.moveText}
    />
  );
}

interface FreeCommandProps {
  controllerId: string;
  isDisabled: boolean;
  onSend(command: Command): void;
}

function FreeCommand({ controllerId, isDisabled, onSend }: FreeCommandProps) {
  const [text, setText] = useState("");
  const read = readCommand(text);
  return (
    <details className="free-command">
      <summary>{t.console.other}</summary>
      <TextField
        label={t.console.json}
        help={t.console.jsonHelp}
        error={text.trim() !== "" && !read ? t.console.noObject : null}
        value={text}
        onChange={setText}
        rows={3}
        placeholder={'{"action":"open_gate"}'}
        isMono
      />
      <ConfirmButton
        label={t.console.send}
        title={t.console.sendTitle(controllerId)}
        consequence={
          <>
            <p>{t.console.moveText}</p>
            <pre className="mono">{text}</pre>
          </>
        }
        confirmLabel={t.console.send}
        confirmKind="primary"
        isDisabled={isDisabled || !read}
        onConfirm={() => read && onSend(read)}
      />
    </details>
  );
}

// A request that is sent again by the network moves the gate once.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
