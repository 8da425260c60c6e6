import { DataTable, Empty, ViewHead, useList, type Column } from "@gatetorio/admin-kit";
import { t } from "./strings";

interface DeviceBoots {
  device_id: number;
  boots: number;
}

const columns: Column<DeviceBoots>[] = [
  { id: "device", header: t.columns.device, place: "main", cell: ({ device_id }) => device_id },
  { id: "boots", header: t.columns.boots, cell: ({ boots }) => boots },
];

export function BootsView() {
  const list = useList<DeviceBoots>("/admin/boots", "devices");
  return (
    <>
      <ViewHead title={t.title} />
      <DataTable
        label={t.title}
        columns={columns}
        rowId={({ device_id }) => String(device_id)}
        list={list}
        empty={<Empty title={t.none} />}
      />
    </>
  );
}
