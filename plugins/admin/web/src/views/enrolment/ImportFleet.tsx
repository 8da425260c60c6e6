// Keys for devices that are to come: a file is checked by the hub, then imported, and the keys are saved once.
import { useState, type FormEvent } from "react";
import { FileTrigger } from "react-aria-components";
import { ApiError, ask } from "../../api/client";
import type { FleetCheck } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { Checkbox, TextField } from "../../parts/fields";
import { formatBytes } from "../../parts/format";
import { intoView } from "../../parts/into_view";
import { SecretsOnce } from "../../parts/SecretsOnce";
import { Given } from "../../parts/Words";
import { t } from "../../strings";
import { FaultTable } from "./FaultTable";
import { fleetFaults } from "./fleet_faults";

const kUrl = "/admin/import/devices";
const kType = "text/csv";

export function ImportFleet() {
  const [isOpen, setOpen] = useState(false);
  const [keys, setKeys] = useState<{ csv: string; devices: number } | null>(null);
  return (
    <>
      <Button icon="file" onPress={() => setOpen(true)}>
        {t.fleet.button}
      </Button>
      <DialogBox title={t.fleet.title} isOpen={isOpen} onOpenChange={setOpen} isWide isAlert>
        <FleetForm
          onCancel={() => setOpen(false)}
          onDone={(csv, devices) => {
            setOpen(false);
            setKeys({ csv, devices });
          }}
        />
      </DialogBox>
      <SecretsOnce
        title={t.fleet.keysTitle(keys?.devices ?? 0)}
        explanation={t.fleet.keysText}
        fileName="fleet-keys.csv"
        csv={keys?.csv ?? null}
        onClose={() => setKeys(null)}
      />
    </>
  );
}

interface FleetFormProps {
  onCancel(): void;
  onDone(csv: string, devices: number): void;
}

function FleetForm({ onCancel, onDone }: FleetFormProps) {
  const action = useAction();
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [hours, setHours] = useState("720");
  const [replace, setReplace] = useState(false);
  const [refused, setRefused] = useState<ApiError | null>(null);
  const [checked, setChecked] = useState<FleetCheck | null>(null);
  const faults = fleetFaults(refused?.fields ?? []);

  // What was checked is what is imported: whoever changes anything checks again.
  const change =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      setChecked(null);
      setRefused(null);
    };

  const send = async <Body,>(isDryRun: boolean, accept: string, failed: string) =>
    action.run(
      // A file is sent as it is, byte by byte: only the hub can say what is wrong with them.
      () =>
        ask<Body>("POST", kUrl, {
          query: { dry_run: isDryRun, replace, name: name.trim(), expires_in_hours: hours },
          file: new Blob([file ?? text], { type: kType }),
          accept,
        }),
      {
        failed,
        onError: (error) => {
          setChecked(null);
          if (!(error instanceof ApiError) || error.fields.length === 0) return false;
          setRefused(error);
          return true;
        },
      },
    );

  const check = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const answer = await send<FleetCheck>(true, "application/json", t.fleet.notChecked);
    if (answer) setChecked(answer.body);
  };
  const make = async () => {
    const answer = await send<string>(false, kType, t.fleet.notImported);
    if (answer && checked) onDone(answer.body, checked.devices.length);
  };

  return (
    <form className="form" onSubmit={(event) => void check(event)}>
      <p>{t.fleet.lead}</p>
      <p className="help">{t.fleet.columns}</p>
      <div className="fleet-file">
        <FileTrigger
          acceptedFileTypes={[".csv", ".tsv", ".txt", kType]}
          onSelect={(list) => change(setFile)(list?.[0] ?? null)}
        >
          <Button icon="file">{t.fleet.choose}</Button>
        </FileTrigger>
        {file && (
          <>
            <Given text={t.fleet.chosen(file.name, formatBytes(file.size))} />
            <Button kind="quiet" icon="close" isIconOnly onPress={() => change(setFile)(null)}>
              {t.fleet.remove}
            </Button>
          </>
        )}
      </div>
      {!file && (
        <TextField
          label={t.fleet.paste}
          rows={6}
          isMono
          placeholder={t.fleet.sample}
          value={text}
          onChange={change(setText)}
        />
      )}
      <div className="fleet-fields">
        <TextField
          label={t.fleet.name}
          help={t.fleet.nameHelp}
          error={refused?.fieldDetail("name")}
          value={name}
          onChange={change(setName)}
        />
        <TextField
          label={t.fleet.hours}
          error={refused?.fieldDetail("expires_in_hours")}
          type="number"
          inputMode="numeric"
          value={hours}
          onChange={change(setHours)}
        />
      </div>
      <Checkbox isSelected={replace} onChange={change(setReplace)}>
        {t.fleet.replace}
      </Checkbox>
      {refused && faults.length > 0 && <FaultTable faults={faults} summary={refused.detail} />}
      {checked && <Checked check={checked} />}
      <div className="dialog-buttons">
        <Button onPress={onCancel}>{t.common.cancel}</Button>
        <Button
          kind={checked ? "plain" : "primary"}
          type="submit"
          isDisabled={action.isRunning || (!file && text.trim() === "")}
        >
          {t.fleet.check}
        </Button>
        {checked && (
          <Button kind="primary" isDisabled={action.isRunning} onPress={() => void make()}>
            {t.fleet.import(checked.devices.length)}
          </Button>
        )}
      </div>
    </form>
  );
}

function Checked({ check }: { check: FleetCheck }) {
  const replaced = check.devices.filter(({ replaces_key }) => replaces_key).length;
  return (
    <p className="hint hint-calm" role="status" ref={intoView}>
      {t.fleet.right(check.devices.length)} {replaced > 0 && t.fleet.replaced(replaced)}
    </p>
  );
}
