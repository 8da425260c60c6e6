import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get, path, put, remove } from "../../api/client";
import type { GateHold, GateRules as Rules } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DialogBox } from "../../parts/DialogBox";
import { SelectField, TextField } from "../../parts/fields";
import { Panel } from "../../parts/layout";
import { Ago, Given } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";

const kHourMs = 3_600_000;
const r = t.gateRules;
type Kind = "lockdown" | "hold-open";

/** Times in which the gate is not moved, or not closed; and what its owners ask for beside that. */
export function GateRules({ controllerId }: { controllerId: string }) {
  const { canWrite } = useSession();
  const url = path`/devices/${controllerId}/rules`;
  const { data } = useQuery({
    queryKey: ["one", url],
    queryFn: ({ signal }) => get<Rules>(url, {}, signal),
  });
  if (!data) return null;
  const isRuled = Boolean(data.policy.verbs ?? data.policy.conditions ?? data.policy.emergency_level);
  return (
    <Panel title={r.title}>
      <HoldRow controllerId={controllerId} kind="lockdown" hold={data.lockdown ?? null} canWrite={canWrite} />
      <HoldRow
        controllerId={controllerId}
        kind="hold-open"
        hold={data.hold_open ?? null}
        canWrite={canWrite}
      />
      {isRuled ? (
        <details>
          <summary>{r.policy}</summary>
          <pre className="mono">{JSON.stringify(data.policy, null, 2)}</pre>
        </details>
      ) : (
        <p className="small">{r.noPolicy}</p>
      )}
    </Panel>
  );
}

interface HoldRowProps {
  controllerId: string;
  kind: Kind;
  hold: GateHold | null;
  canWrite: boolean;
}

function HoldRow({ controllerId, kind, hold, canWrite }: HoldRowProps) {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const words = r[kind];
  const url = `${path`/devices/${controllerId}`}/${kind}`;
  if (!hold) {
    return (
      <div className="hold">
        <p>{words.off}</p>
        {canWrite && (
          <Button onPress={() => setOpen(true)} isDisabled={action.isRunning}>
            {words.begin}
          </Button>
        )}
        <BeginDialog url={url} words={words} isOpen={isOpen} onOpenChange={setOpen} />
      </div>
    );
  }
  return (
    <div className="hold">
      <p>
        <strong>{words.on}</strong> {r.until} <Ago at={hold.until} /> · {r.by}{" "}
        <Given text={hold.set_by_name || hold.set_by} />
        {hold.reason && (
          <>
            {" "}
            · <Given text={hold.reason} />
          </>
        )}
      </p>
      {canWrite && (
        <ConfirmButton
          label={words.end}
          title={words.endTitle(controllerId)}
          consequence={words.endText}
          confirmLabel={words.end}
          confirmKind="primary"
          isDisabled={action.isRunning}
          onConfirm={() => void action.run(() => remove(url), { done: words.ended, failed: words.notEnded })}
        />
      )}
    </div>
  );
}

interface BeginDialogProps {
  url: string;
  words: (typeof r)[Kind];
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
}

function BeginDialog({ url, words, isOpen, onOpenChange }: BeginDialogProps) {
  const action = useAction();
  const [hours, setHours] = useState("1");
  const [reason, setReason] = useState("");
  const begin = async () => {
    const until = new Date(Date.now() + Number(hours) * kHourMs).toISOString();
    const answer = await action.run(() => put<Rules>(url, { until, reason }), {
      done: words.begun,
      failed: words.notBegun,
    });
    if (answer) onOpenChange(false);
  };
  return (
    <DialogBox title={words.beginTitle} isOpen={isOpen} onOpenChange={onOpenChange}>
      <p className="prose">{words.beginText}</p>
      <SelectField label={r.howLong} value={hours} choices={r.lengths} onChange={setHours} />
      <TextField label={r.reason} value={reason} onChange={setReason} maxLength={200} />
      <div className="dialog-buttons">
        <Button onPress={() => onOpenChange(false)}>{t.common.cancel}</Button>
        <Button kind="danger" onPress={() => void begin()} isDisabled={action.isRunning}>
          {words.begin}
        </Button>
      </div>
    </DialogBox>
  );
}
