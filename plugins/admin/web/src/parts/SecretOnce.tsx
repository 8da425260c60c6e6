import { useState } from "react";
import { t } from "../common_strings";
import { Button } from "./Button";
import { DialogBox } from "./DialogBox";

interface SecretOnceProps {
  title: string;
  /** What it is for, and that it is not shown again. */
  explanation: string;
  /** Null: closed. */
  secret: string | null;
  onClose(): void;
}

/** Shows a secret the only time that it is known. Closes by its button alone, so that no slip loses it. */
export function SecretOnce({ title, explanation, secret, onClose }: SecretOnceProps) {
  return (
    <DialogBox
      title={title}
      isOpen={secret !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      isLocked
    >
      <p>{explanation}</p>
      <SecretText secret={secret ?? ""} />
      <div className="dialog-buttons">
        <Button kind="primary" onPress={onClose}>
          {t.common.haveSavedIt}
        </Button>
      </div>
    </DialogBox>
  );
}

export function SecretText({ secret }: { secret: string }) {
  const [wasCopied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(secret));
  return (
    <div className="secret">
      <output className="secret-text mono">{secret}</output>
      <Button icon={wasCopied ? "check" : "copy"} onPress={() => void copy()}>
        {wasCopied ? t.common.copied : t.common.copy}
      </Button>
    </div>
  );
}

// Over plain HTTP (a hub in the own network) browsers have no clipboard object; a selection can be copied there.
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const output = document.querySelector(".secret-text");
    if (output) getSelection()?.selectAllChildren(output);
    return document.execCommand("copy");
  }
}
