import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useLocation, useSearch } from "wouter";
import { ViewHead } from "../../parts/layout";
import { t } from "../../strings";
import { AccountPanel } from "./AccountPanel";
import { AdminsPanel } from "./AdminsPanel";
import { SessionsPanel } from "./SessionsPanel";
import { TokensPanel } from "./TokensPanel";

export function AdminsView() {
  const search = useSearch();
  const [location, navigate] = useLocation();
  const tabs = [
    { id: "admins", title: t.admins.admins, panel: <AdminsPanel /> },
    { id: "tokens", title: t.admins.tokens, panel: <TokensPanel /> },
    { id: "sessions", title: t.admins.sessions, panel: <SessionsPanel /> },
    { id: "account", title: t.admins.account, panel: <AccountPanel /> },
  ];
  const wanted = new URLSearchParams(search).get("tab");
  const selected = tabs.find((tab) => tab.id === wanted) ?? tabs[0]!;
  return (
    <>
      <ViewHead title={t.admins.title} />
      <Tabs
        className="tabs"
        selectedKey={selected.id}
        onSelectionChange={(key) => navigate(`${location}?tab=${key}`, { replace: true })}
      >
        <TabList className="tab-list" aria-label={t.admins.title}>
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id} className="tab">
              {tab.title}
            </Tab>
          ))}
        </TabList>
        {tabs.map((tab) => (
          <TabPanel key={tab.id} id={tab.id} className="tab-panel">
            {tab.panel}
          </TabPanel>
        ))}
      </Tabs>
    </>
  );
}
