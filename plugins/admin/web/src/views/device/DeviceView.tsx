import { useQuery } from "@tanstack/react-query";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useLocation, useSearch } from "wouter";
import { ask, path } from "../../api/client";
import type { Device } from "../../api/types";
import { Fact, Facts, Loading, ViewHead } from "../../parts/layout";
import { ErrorBox } from "../../parts/notices";
import { Ago, Given, OnlineBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { Console } from "./Console";
import { DeviceActions } from "./DeviceActions";
import { DeviceAudit } from "./DeviceAudit";
import { DeviceCommands } from "./DeviceCommands";
import { DeviceFiles } from "./DeviceFiles";
import { DevicePresence } from "./DevicePresence";
import { DeviceTokens } from "./DeviceTokens";
import { DeviceUsers } from "./DeviceUsers";
import { GateRules } from "./GateRules";
import { LastStatus } from "./LastStatus";
import { useDeviceStatus } from "./device_status";

const kBack = { to: "/devices", label: t.devices.title };

export function DeviceView({ controllerId }: { controllerId: string }) {
  const url = path`/devices/${controllerId}`;
  const device = useQuery({
    queryKey: ["one", url],
    queryFn: ({ signal }) => ask<Device>("GET", url, { signal }),
  });
  const status = useDeviceStatus(controllerId);
  if (!device.data) {
    return (
      <>
        <ViewHead title={controllerId} back={kBack} />
        {device.error ? <ErrorBox error={device.error} onRetry={() => void device.refetch()} /> : <Loading />}
      </>
    );
  }
  const { body, etag } = device.data;
  const isOnline = status.data?.is_online ?? body.is_online;
  return (
    <>
      <ViewHead title={body.controller_id} beside={<OnlineBadge isOnline={isOnline} />} back={kBack}>
        <DeviceActions device={body} etag={etag} />
      </ViewHead>
      <Identity device={body} lastSeen={status.data?.last_seen ?? body.last_seen ?? null} />
      <DeviceTabs device={body} isOnline={isOnline} status={status} />
    </>
  );
}

function Identity({ device, lastSeen }: { device: Device; lastSeen: string | null }) {
  return (
    <Facts>
      <Fact name={t.columns.name}>
        <Given text={device.device_name} />
      </Fact>
      <Fact name={t.columns.lastSeen}>
        <Ago at={lastSeen} />
      </Fact>
      <Fact name={t.columns.firmware}>
        <Given text={device.firmware_version} />
      </Fact>
      <Fact name={t.columns.hardware}>
        <Given text={device.hardware_id} isMono />
      </Fact>
      <Fact name={t.columns.added}>
        <Ago at={device.created_at} />
      </Fact>
    </Facts>
  );
}

interface DeviceTabsProps {
  device: Device;
  isOnline: boolean;
  status: ReturnType<typeof useDeviceStatus>;
}

function DeviceTabs({ device, isOnline, status }: DeviceTabsProps) {
  const { canWrite } = useSession();
  const search = useSearch();
  const [location, navigate] = useLocation();
  const tab = new URLSearchParams(search).get("tab") ?? "now";
  const id = device.controller_id;
  const tabs = [
    { id: "now", title: t.device.now },
    { id: "presence", title: t.device.presence },
    { id: "commands", title: t.menu.commands },
    { id: "users", title: t.menu.users },
    { id: "tokens", title: t.deviceTokens.tab },
    { id: "files", title: t.menu.files },
    { id: "audit", title: t.menu.audit },
  ];
  return (
    <Tabs
      className="tabs"
      selectedKey={tabs.some((one) => one.id === tab) ? tab : "now"}
      onSelectionChange={(key) =>
        navigate(key === "now" ? location : `${location}?tab=${key}`, { replace: true })
      }
    >
      <TabList className="tab-list" aria-label={t.device.tabs}>
        {tabs.map((one) => (
          <Tab key={one.id} id={one.id} className="tab">
            {one.title}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="now" className="tab-panel">
        <div className="columns">
          {canWrite && <Console controllerId={id} isOnline={isOnline} />}
          <LastStatus status={status} />
          <GateRules controllerId={id} />
        </div>
      </TabPanel>
      <TabPanel id="presence" className="tab-panel">
        <DevicePresence controllerId={id} />
      </TabPanel>
      <TabPanel id="commands" className="tab-panel">
        <DeviceCommands controllerId={id} />
      </TabPanel>
      <TabPanel id="users" className="tab-panel">
        <DeviceUsers controllerId={id} />
      </TabPanel>
      <TabPanel id="tokens" className="tab-panel">
        <DeviceTokens controllerId={id} />
      </TabPanel>
      <TabPanel id="files" className="tab-panel">
        <DeviceFiles controllerId={id} />
      </TabPanel>
      <TabPanel id="audit" className="tab-panel">
        <DeviceAudit deviceId={device.id} />
      </TabPanel>
    </Tabs>
  );
}
