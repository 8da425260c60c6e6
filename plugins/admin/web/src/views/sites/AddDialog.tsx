import { useState, type FormEvent, type ReactNode } from "react";
import { ApiError } from "../../api/client";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { DialogBox } from "../../parts/DialogBox";
import { t } from "../../strings";

interface AddDialogProps {
  /** Of the button that opens it, its title, and the button that does it. */
  label: string;
  add(): Promise<unknown>;
  done: string;
  failed: string;
  /** Clears the fields for the next time. */
  onDone(): void;
  /** The fields; `refused` says what is wrong with them. */
  children(refused: ApiError | null): ReactNode;
}

/** A button, and the dialog in which something is added to a site. */
export function AddDialog({ label, add, done, failed, onDone, children }: AddDialogProps) {
  const action = useAction();
  const [isOpen, setOpen] = useState(false);
  const [refused, setRefused] = useState<ApiError | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const isAdded = await action.run(() => add().then(() => true), {
      done,
      failed,
      onError: (error) => {
        if (!(error instanceof ApiError) || error.fields.length === 0) return false;
        setRefused(error);
        return true;
      },
    });
    if (!isAdded) return;
    setOpen(false);
    onDone();
  };

  return (
    <>
      <Button onPress={() => setOpen(true)}>{label}</Button>
      <DialogBox title={label} isOpen={isOpen} onOpenChange={setOpen}>
        <form className="form" onSubmit={(event) => void submit(event)}>
          {children(refused)}
          <div className="dialog-buttons">
            <Button onPress={() => setOpen(false)}>{t.common.cancel}</Button>
            <Button kind="primary" type="submit" isDisabled={action.isRunning}>
              {label}
            </Button>
          </div>
        </form>
      </DialogBox>
    </>
  );
}
