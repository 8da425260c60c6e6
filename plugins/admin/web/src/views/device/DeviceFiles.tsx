import { useList } from "../../api/list";
import type { FileEntry } from "../../api/types";
import { Empty } from "../../parts/layout";
import { t } from "../../strings";
import { FileTable } from "../files/FileTable";

export function DeviceFiles({ controllerId }: { controllerId: string }) {
  const list = useList<FileEntry>("/admin/files", "files", { controller_id: controllerId });
  return (
    <FileTable
      list={list}
      withDevice={false}
      empty={<Empty title={t.files.none} next={t.files.noneNext} />}
    />
  );
}
