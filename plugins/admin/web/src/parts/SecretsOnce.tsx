import { useState } from "react";
import { t } from "../common_strings";
import { Button } from "./Button";
import { DialogBox } from "./DialogBox";
import { saveAs } from "./save_as";

interface SecretsOnceProps {
  title: string;
  /** What they are for, and that they are not shown again. */
  explanation: string;
  fileName: string;
  /** With the secrets. Null: closed. */
  csv: string | null;
  onClose(): void;
}

/** Many secrets, as a file, the only time that they are known. Closes by its button alone, and only after the file was saved. */
export function SecretsOnce({ title, explanation, fileName, csv, onClose }: SecretsOnceProps) {
  const [saved, setSaved] = useState<string | null>(null);
  const save = () => {
    saveAs(fileName, "text/csv", csv ?? "");
    setSaved(csv);
  };
  return (
    <DialogBox title={title} isOpen={csv !== null} onOpenChange={(isOpen) => !isOpen && onClose()} isLocked>
      <p>{explanation}</p>
      <div className="dialog-buttons">
        <Button kind={saved === csv ? "plain" : "primary"} icon="download" onPress={save}>
          {t.common.saveKeys}
        </Button>
        <Button kind={saved === csv ? "primary" : "plain"} isDisabled={saved !== csv} onPress={onClose}>
          {t.common.haveSavedThem}
        </Button>
      </div>
    </DialogBox>
  );
}
