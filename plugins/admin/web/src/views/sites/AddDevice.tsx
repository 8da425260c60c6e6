import { useState } from "react";
import { path, post } from "../../api/client";
import { TextField } from "../../parts/fields";
import { t } from "../../strings";
import { AddDialog } from "./AddDialog";

export function AddDevice({ siteId }: { siteId: string }) {
  const [name, setName] = useState("");
  return (
    <AddDialog
      label={t.sites.addDevice}
      add={() => post(path`/sites/${siteId}/devices`, { controller_id: name })}
      done={t.sites.deviceAdded(name)}
      failed={t.sites.deviceNotAdded(name)}
      onDone={() => setName("")}
    >
      {(refused) => (
        <TextField
          label={t.columns.device}
          help={t.sites.addDeviceHelp}
          error={refused?.fieldDetail("controller_id")}
          value={name}
          onChange={setName}
          autoComplete="off"
          isRequired
        />
      )}
    </AddDialog>
  );
}
