import { useMemo } from "react";
import { path, remove } from "../../api/client";
import type { SiteDevice } from "../../api/types";
import { useWholeList } from "../../api/whole";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { DeviceLink } from "../../parts/DeviceLink";
import { Empty } from "../../parts/layout";
import { Given, OnlineBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";

interface OfSite {
  siteId: string;
  /** What the site is called. */
  site: string;
}

export function SiteDevices({ siteId, site }: OfSite) {
  const { canWrite } = useSession();
  const list = useWholeList<SiteDevice>(path`/sites/${siteId}/devices`, "devices");
  const columns = useMemo(() => {
    const all: Column<SiteDevice>[] = [
      {
        id: "device",
        header: t.columns.device,
        place: "main",
        cell: ({ controller_id }) => <DeviceLink controllerId={controller_id} />,
      },
      { id: "name", header: t.columns.name, cell: ({ device_name }) => <Given text={device_name} /> },
      { id: "state", header: t.columns.state, cell: ({ is_online }) => <OnlineBadge isOnline={is_online} /> },
    ];
    if (!canWrite) return all;
    const end: Column<SiteDevice> = {
      id: "end",
      header: t.columns.acts,
      place: "end",
      cell: (device) => <TakeOut siteId={siteId} site={site} device={device} />,
    };
    return [...all, end];
  }, [canWrite, siteId, site]);
  return (
    <DataTable
      label={t.columns.devices}
      columns={columns}
      rowId={(device) => String(device.id)}
      list={list}
      empty={<Empty title={t.sites.noDevices} next={t.sites.noDevicesNext} />}
    />
  );
}

function TakeOut({ siteId, site, device }: OfSite & { device: SiteDevice }) {
  const action = useAction();
  const name = device.controller_id;
  return (
    <ConfirmButton
      label={t.sites.takeOut}
      kind="quiet"
      title={t.sites.takeOutTitle(name, site)}
      consequence={t.sites.takeOutText}
      confirmLabel={t.sites.takeOut}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(path`/sites/${siteId}/devices/${name}`), {
          done: t.sites.takenOut(name, site),
          failed: t.sites.notTakenOut(name, site),
        })
      }
    />
  );
}
