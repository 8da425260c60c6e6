import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { ListEnd, MenuEntry } from "../api/types";
import type { IconName } from "../parts/Icon";
import { pathOfHub } from "../session/way_back";
import { t } from "../common_strings";

export interface MenuItem {
  to: string;
  label: string;
  icon: IconName;
}

export interface MenuGroup {
  title: string;
  items: MenuItem[];
}

export const kHome = "/admin";

export const menu: readonly MenuGroup[] = [
  { title: "", items: [{ to: kHome, label: t.menu.overview, icon: "overview" }] },
  {
    title: t.menu.gates,
    items: [
      { to: "/admin/devices", label: t.menu.devices, icon: "gate" },
      { to: "/admin/commands", label: t.menu.commands, icon: "command" },
      { to: "/admin/files", label: t.menu.files, icon: "file" },
      { to: "/admin/enrolment", label: t.menu.enrolment, icon: "key" },
    ],
  },
  {
    title: t.menu.people,
    items: [
      { to: "/admin/users", label: t.menu.users, icon: "users" },
      { to: "/admin/sites", label: t.menu.sites, icon: "site" },
    ],
  },
  {
    title: t.menu.system,
    items: [
      { to: "/admin/monitoring", label: t.menu.monitoring, icon: "pulse" },
      { to: "/admin/audit", label: t.menu.audit, icon: "audit" },
      { to: "/admin/jobs", label: t.menu.jobs, icon: "jobs" },
      { to: "/admin/plugins", label: t.menu.plugins, icon: "plugin" },
      { to: "/admin/admins", label: t.menu.admins, icon: "shield" },
    ],
  },
];

/** Pages that plugins brought, by paths of this hub; anything else in there is left out. */
export function usePluginPages(): MenuEntry[] {
  const { data } = useQuery({
    queryKey: ["one", "/admin/menu"],
    queryFn: ({ signal }) => get<{ entries: MenuEntry[] }>("/admin/menu", {}, signal),
    staleTime: 300_000,
  });
  return (data?.entries ?? []).filter((entry) => pathOfHub(entry.path, location.origin) !== null);
}

export function useWaitingDevices(): number {
  const { data } = useQuery({
    queryKey: ["count", "/admin/pending-devices"],
    queryFn: ({ signal }) => get<ListEnd>("/admin/pending-devices", { limit: 1 }, signal),
    refetchInterval: 60_000,
  });
  return data?.total ?? 0;
}
