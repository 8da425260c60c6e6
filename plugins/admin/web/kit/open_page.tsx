import type { ReactNode } from "react";
import { mount } from "../src/shell/mount";
import { PluginPage } from "../src/shell/PluginPage";

export interface PluginPageSettings {
  /** As in StaticPages: "/sharing". */
  path: string;
  /** What stands beside the menu. */
  view: ReactNode;
}

/** The whole page: the hub's menu and top bar around `view`, the login before it. Once, from the page's script. */
export function openPage({ path, view }: PluginPageSettings) {
  mount(path, <PluginPage>{view}</PluginPage>);
}
