import { useLocation } from "wouter";
import { path, remove } from "../../api/client";
import type { Site } from "../../api/types";
import { useWholeList } from "../../api/whole";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Panel, ViewHead } from "../../parts/layout";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { AddDevice } from "./AddDevice";
import { AddMember } from "./AddMember";
import { SiteDevices } from "./SiteDevices";
import { SiteMembers } from "./SiteMembers";

export function SiteView({ siteId }: { siteId: string }) {
  const { canWrite } = useSession();
  const sites = useWholeList<Site>("/sites", "sites");
  const name = sites.rows.find((site) => String(site.site_id) === siteId)?.name ?? t.sites.unnamed(siteId);
  return (
    <>
      <ViewHead title={name} back={{ to: "/sites", label: t.sites.title }} lead={t.sites.idIs(siteId)}>
        {canWrite && <DeleteSite siteId={siteId} name={name} />}
      </ViewHead>
      <Panel title={t.columns.devices} beside={canWrite && <AddDevice siteId={siteId} />}>
        <SiteDevices siteId={siteId} site={name} />
      </Panel>
      <Panel title={t.sites.members} beside={canWrite && <AddMember siteId={siteId} />}>
        <SiteMembers siteId={siteId} site={name} />
      </Panel>
    </>
  );
}

function DeleteSite({ siteId, name }: { siteId: string; name: string }) {
  const action = useAction();
  const [, navigate] = useLocation();
  const forget = async () => {
    const isDone = await action.run(() => remove(path`/sites/${siteId}`).then(() => true), {
      done: t.sites.deleted(name),
      failed: t.sites.notDeleted(name),
    });
    if (isDone) navigate("/sites");
  };
  return (
    <ConfirmButton
      label={t.common.delete}
      kind="danger"
      title={t.sites.deleteTitle(name)}
      consequence={t.sites.deleteText}
      confirmLabel={t.common.delete}
      isDisabled={action.isRunning}
      onConfirm={() => void forget()}
    />
  );
}
