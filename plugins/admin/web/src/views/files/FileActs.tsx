import { useState } from "react";
import { ApiError, get, path, post, remove } from "../../api/client";
import type { FileDetails, FileDiff, FileEntry } from "../../api/types";
import { useAction } from "../../parts/action";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DialogBox } from "../../parts/DialogBox";
import { t } from "../../strings";
import { DiffText } from "./DiffText";

interface FileActsProps {
  file: FileEntry;
  controllerId: string;
  /** What this file can be compared with. */
  older: FileEntry | null;
}

export function FileActs({ file, controllerId, older }: FileActsProps) {
  const action = useAction();
  const [diff, setDiff] = useState<FileDiff | null>(null);
  const url = path`/files/${controllerId}/${file.file_id}`;

  const download = () =>
    action.run(async () => follow((await get<FileDetails>(url)).download_url), {
      failed: t.files.notDownloaded(file.name),
    });
  const compare = async (other: FileEntry) => {
    const found = await action.run(() => get<FileDiff>(`${url}/diff`, { with: other.file_id }), {
      failed: t.files.notCompared,
    });
    if (found) setDiff(found);
  };

  return (
    <div className="acts">
      {older && (
        <Button kind="quiet" isDisabled={action.isRunning} onPress={() => void compare(older)}>
          {t.files.compare}
        </Button>
      )}
      {file.kind === "config" && file.state === "complete" && (
        <ConfirmButton
          label={t.files.restore}
          kind="quiet"
          title={t.files.restoreTitle(file.name, controllerId)}
          consequence={t.files.restoreText}
          confirmLabel={t.files.restore}
          confirmKind="primary"
          onConfirm={() =>
            void action.run(() => post(`${url}/restore`), {
              done: t.files.restored(file.name),
              failed: t.files.notRestored(file.name),
            })
          }
        />
      )}
      {file.state === "complete" && (
        <Button kind="quiet" icon="download" isDisabled={action.isRunning} onPress={() => void download()}>
          {t.files.download}
        </Button>
      )}
      <ConfirmButton
        label={t.common.delete}
        kind="quiet"
        title={t.files.deleteTitle(file.name)}
        consequence={t.files.deleteText}
        confirmLabel={t.common.delete}
        isDisabled={action.isRunning}
        onConfirm={() =>
          void action.run(() => remove(url), {
            done: t.files.deleted(file.name),
            failed: t.files.notDeleted(file.name),
          })
        }
      />
      {diff && (
        <DialogBox title={t.files.diffTitle(file.name)} isOpen onOpenChange={() => setDiff(null)} isWide>
          <DiffText diff={diff} />
          <div className="dialog-buttons">
            <Button onPress={() => setDiff(null)}>{t.common.close}</Button>
          </div>
        </DialogBox>
      )}
    </div>
  );
}

// The hub sends it as an attachment, so the page stays where it is.
function follow(downloadUrl: string | null) {
  const target = downloadUrl ? new URL(downloadUrl, window.location.href) : null;
  if (!target || !/^https?:$/.test(target.protocol)) throw new ApiError(404, t.files.noContent);
  window.location.assign(target.href);
}
