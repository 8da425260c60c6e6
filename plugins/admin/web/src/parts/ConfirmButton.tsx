import { useState, type ReactNode } from "react";
import { t } from "../common_strings";
import { Button, type ButtonProps } from "./Button";
import { DialogBox } from "./DialogBox";

interface ConfirmButtonProps {
  label: string;
  /** The question, which names what it is about. */
  title: string;
  /** What will happen, and whether it can be undone. */
  consequence: ReactNode;
  /** The verb of the act, as on the button that does it. */
  confirmLabel: string;
  kind?: ButtonProps["kind"];
  confirmKind?: "danger" | "primary";
  icon?: ButtonProps["icon"];
  isIconOnly?: boolean;
  isDisabled?: boolean;
  onConfirm(): void;
}

/** Asks once, says what will happen, and then does it. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const { label, title, consequence, confirmLabel, confirmKind = "danger", onConfirm, ...button } = props;
  const confirm = () => {
    setOpen(false);
    onConfirm();
  };
  return (
    <>
      <Button {...button} onPress={() => setOpen(true)}>
        {label}
      </Button>
      <DialogBox title={title} isOpen={isOpen} onOpenChange={setOpen} isAlert>
        <div className="prose">{typeof consequence === "string" ? <p>{consequence}</p> : consequence}</div>
        <div className="dialog-buttons">
          <Button onPress={() => setOpen(false)} autoFocus>
            {t.common.cancel}
          </Button>
          <Button kind={confirmKind} onPress={confirm} isDisabled={button.isDisabled ?? false}>
            {confirmLabel}
          </Button>
        </div>
      </DialogBox>
    </>
  );
}
