import { useState, type FormEvent } from "react";
import {
  ApiError,
  Button,
  DialogBox,
  SelectField,
  TextField,
  path,
  post,
  useAction,
} from "@gatetorio/admin-kit";
import { MadeToken } from "./MadeToken";
import { t } from "./strings";
import type { NewSharingToken } from "./types";

const kHours = "24";

/** `device`: what the list is filtered by, which is likely the one that is meant. */
export function NewToken({ device }: { device: string }) {
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<NewSharingToken | null>(null);
  return (
    <>
      <Button kind="primary" icon="share" onPress={() => setOpen(true)}>
        {t.create.open}
      </Button>
      <DialogBox title={t.create.title} isOpen={isOpen} onOpenChange={setOpen}>
        <TokenForm
          device={device}
          onClose={() => setOpen(false)}
          onMade={(token) => {
            setOpen(false);
            setMade(token);
          }}
        />
      </DialogBox>
      <MadeToken made={made} onClose={() => setMade(null)} />
    </>
  );
}

interface TokenFormProps {
  device: string;
  onClose(): void;
  onMade(token: NewSharingToken): void;
}

function TokenForm({ device, onClose, onMade }: TokenFormProps) {
  const action = useAction();
  const [controllerId, setControllerId] = useState(device);
  const [level, setLevel] = useState("engineer");
  const [hours, setHours] = useState(kHours);
  const [accessHours, setAccessHours] = useState("");
  const [notes, setNotes] = useState("");
  const [refused, setRefused] = useState<ApiError | null>(null);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const body = {
      access_level: level,
      expires_in_hours: Number(hours),
      ...(accessHours ? { access_expires_in_hours: Number(accessHours) } : {}),
      ...(notes ? { notes } : {}),
    };
    const token = await action.run(
      () => post<NewSharingToken>(path`/admin/devices/${controllerId}/sharing-tokens`, body),
      { failed: t.create.failed, onError: isBesideField },
    );
    if (token) onMade(token);
  };

  // What is wrong with a field is said beside it, and an unknown device beside the device.
  const isBesideField = (error: unknown) => {
    if (!(error instanceof ApiError)) return false;
    setRefused(error);
    return error.status === 404 || error.fields.length > 0;
  };

  return (
    <form className="form" onSubmit={(event) => void make(event)}>
      <p>{t.create.text}</p>
      <TextField
        label={t.create.device}
        help={t.create.deviceHelp}
        value={controllerId}
        onChange={setControllerId}
        error={refused?.status === 404 ? refused.detail : refused?.fieldDetail("controller_id")}
        isRequired
      />
      <SelectField label={t.create.level} value={level} choices={t.create.levels} onChange={setLevel} />
      <TextField
        label={t.create.hours}
        type="number"
        value={hours}
        onChange={setHours}
        error={refused?.fieldDetail("expires_in_hours")}
        isRequired
      />
      <TextField
        label={t.create.accessHours}
        help={t.create.accessHoursHelp}
        type="number"
        value={accessHours}
        onChange={setAccessHours}
        error={refused?.fieldDetail("access_expires_in_hours")}
      />
      <TextField
        label={t.create.notes}
        value={notes}
        onChange={setNotes}
        error={refused?.fieldDetail("notes")}
      />
      <div className="dialog-buttons">
        <Button onPress={onClose}>{t.create.cancel}</Button>
        <Button kind="primary" type="submit" isDisabled={action.isRunning}>
          {t.create.make}
        </Button>
      </div>
    </form>
  );
}
