import { useState } from "react";
import { path, post } from "../../api/client";
import { SelectField, TextField } from "../../parts/fields";
import { t } from "../../strings";
import { AddDialog } from "./AddDialog";

export function AddMember({ siteId }: { siteId: string }) {
  const [userId, setUserId] = useState("");
  const [level, setLevel] = useState("engineer");
  const [name, setName] = useState("");
  const member = { user_id: Number(userId), access_level: level, ...(name === "" ? {} : { name }) };
  return (
    <AddDialog
      label={t.sites.addMember}
      add={() => post(path`/sites/${siteId}/users`, member)}
      done={t.sites.memberAdded(name || t.person.unnamed(userId))}
      failed={t.sites.memberNotAdded}
      onDone={() => {
        setUserId("");
        setName("");
      }}
    >
      {(refused) => (
        <>
          <TextField
            label={t.sites.userId}
            help={t.sites.userIdHelp}
            error={refused?.fieldDetail("user_id")}
            value={userId}
            onChange={setUserId}
            inputMode="numeric"
            autoComplete="off"
            isRequired
          />
          <SelectField label={t.columns.level} value={level} choices={t.sites.levels} onChange={setLevel} />
          <TextField
            label={t.columns.name}
            help={t.sites.nameHelp}
            error={refused?.fieldDetail("name")}
            value={name}
            onChange={setName}
            autoComplete="off"
          />
        </>
      )}
    </AddDialog>
  );
}
