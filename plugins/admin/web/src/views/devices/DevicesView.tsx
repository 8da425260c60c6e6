import { useState } from "react";
import { Link } from "wouter";
import { useList } from "../../api/list";
import type { DeviceEntry } from "../../api/types";
import { BulkBar } from "../../parts/BulkBar";
import { Button } from "../../parts/Button";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { ExportButtons } from "../../parts/ExportButtons";
import { SelectField } from "../../parts/fields";
import { FilterBar, FilterText, useFilters, type Filters } from "../../parts/filters";
import { Empty, ViewHead } from "../../parts/layout";
import { SecretsOnce } from "../../parts/SecretsOnce";
import { Ago, Given, OnlineBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { useStartJob } from "../../parts/start_job";

const kFilters = ["query", "online", "offline_for_seconds", "firmware", "sort"];

const kOnlineChoices = [
  { value: "", label: t.table.any },
  { value: "true", label: t.common.online },
  { value: "false", label: t.common.offline },
];

const kOfflineForChoices = [
  { value: "", label: t.devices.anyTime },
  { value: "300", label: t.devices.fiveMinutes },
  { value: "3600", label: t.devices.oneHour },
  { value: "86400", label: t.devices.oneDay },
  { value: "604800", label: t.devices.oneWeek },
];

const kColumns: Column<DeviceEntry>[] = [
  {
    id: "controller_id",
    header: t.columns.device,
    sortField: "controller_id",
    place: "main",
    cell: ({ controller_id }) => (
      <Link href={`/devices/${encodeURIComponent(controller_id)}`} className="strong-link">
        <Given text={controller_id} />
      </Link>
    ),
  },
  {
    id: "device_name",
    header: t.columns.name,
    sortField: "device_name",
    cell: (row) => <Given text={row.device_name} />,
  },
  { id: "online", header: t.columns.state, cell: (row) => <OnlineBadge isOnline={row.is_online} /> },
  {
    id: "last_seen",
    header: t.columns.lastSeen,
    sortField: "last_seen",
    cell: (row) => <Ago at={row.last_seen} />,
  },
  {
    id: "firmware_version",
    header: t.columns.firmware,
    sortField: "firmware_version",
    cell: (row) => <Given text={row.firmware_version} />,
  },
  {
    id: "hardware_id",
    header: t.columns.hardware,
    place: "code",
    cell: (row) => <Given text={row.hardware_id} isMono />,
  },
  {
    id: "created_at",
    header: t.columns.added,
    sortField: "created_at",
    cell: (row) => <Ago at={row.created_at} />,
  },
];

export function DevicesView() {
  const { canWrite } = useSession();
  const filters = useFilters(kFilters);
  const list = useList<DeviceEntry>("/admin/devices", "devices", filters.values);
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const isLongestOffline = filters.get("online") === "false" && filters.get("sort") === "last_seen";
  return (
    <>
      <ViewHead title={t.devices.title}>
        <Button
          onPress={() =>
            isLongestOffline ? filters.clear() : filters.set({ online: "false", sort: "last_seen" })
          }
          aria-pressed={isLongestOffline}
        >
          {t.devices.longestOffline}
        </Button>
        <ExportButtons list="devices" filters={filters} />
      </ViewHead>
      <DeviceFilters filters={filters} />
      {canWrite && <DeviceBulk selected={selected} onClear={() => setSelected(new Set())} />}
      <DataTable
        label={t.devices.title}
        columns={kColumns}
        rowId={(device) => device.controller_id}
        list={list}
        sort={filters.get("sort") || "controller_id"}
        onSort={(sort) => filters.set({ sort })}
        selection={
          canWrite
            ? { ids: selected, onChange: setSelected, nameOf: (device) => device.controller_id }
            : undefined
        }
        empty={
          filters.isAnySet ? (
            <Empty title={t.table.noMatch} next={t.table.noMatchNext} />
          ) : (
            <Empty title={t.devices.none} next={<NoDevicesNext />} />
          )
        }
      />
    </>
  );
}

function NoDevicesNext() {
  return (
    <>
      {t.devices.noneNext} <Link href="/enrolment">{t.devices.toEnrolment}</Link>
    </>
  );
}

function DeviceFilters({ filters }: { filters: Filters }) {
  return (
    <FilterBar filters={filters}>
      <FilterText
        filters={filters}
        name="query"
        label={t.devices.search}
        placeholder={t.devices.searchHint}
      />
      <SelectField
        label={t.columns.state}
        value={filters.get("online")}
        choices={kOnlineChoices}
        onChange={(online) => filters.set({ online })}
      />
      <SelectField
        label={t.devices.offlineFor}
        value={filters.get("offline_for_seconds")}
        choices={kOfflineForChoices}
        onChange={(offline_for_seconds) => filters.set({ offline_for_seconds })}
      />
      <FilterText filters={filters} name="firmware" label={t.columns.firmware} />
    </FilterBar>
  );
}

function DeviceBulk({ selected, onClear }: { selected: ReadonlySet<string>; onClear(): void }) {
  const jobs = useStartJob();
  const ids = [...selected];
  return (
    <BulkBar count={ids.length} onClear={onClear}>
      <ConfirmButton
        label={t.device.release}
        title={t.devices.releaseManyTitle(ids.length)}
        consequence={t.devices.releaseManyText}
        confirmLabel={t.device.release}
        confirmKind="primary"
        isDisabled={jobs.isRunning}
        onConfirm={() => void jobs.start("release-devices", ids)}
      />
      <SecretsOnce
        title={t.devices.releaseKeysTitle}
        explanation={t.devices.releaseKeysText}
        fileName="re-enrolment-keys.csv"
        csv={jobs.secrets}
        onClose={jobs.goOn}
      />
      <ConfirmButton
        label={t.common.delete}
        kind="danger"
        title={t.devices.deleteManyTitle(ids.length)}
        consequence={t.devices.deleteManyText}
        confirmLabel={t.common.delete}
        isDisabled={jobs.isRunning}
        onConfirm={() => void jobs.start("delete-devices", ids)}
      />
    </BulkBar>
  );
}
