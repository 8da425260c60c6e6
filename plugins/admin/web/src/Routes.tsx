import { Route, Switch } from "wouter";
import { Empty, ViewHead } from "./parts/layout";
import { t } from "./strings";
import { AdminsView } from "./views/admins/AdminsView";
import { AuditView } from "./views/audit/AuditView";
import { CommandsView } from "./views/commands/CommandsView";
import { DeviceView } from "./views/device/DeviceView";
import { DevicesView } from "./views/devices/DevicesView";
import { EnrolmentView } from "./views/enrolment/EnrolmentView";
import { FilesView } from "./views/files/FilesView";
import { JobView } from "./views/jobs/JobView";
import { JobsView } from "./views/jobs/JobsView";
import { MonitoringView } from "./views/monitoring/MonitoringView";
import { OverviewView } from "./views/overview/OverviewView";
import { PluginsView } from "./views/plugins/PluginsView";
import { SiteView } from "./views/sites/SiteView";
import { SitesView } from "./views/sites/SitesView";
import { UserView } from "./views/users/UserView";
import { UsersView } from "./views/users/UsersView";

export function Routes() {
  return (
    <Switch>
      <Route path="/" component={OverviewView} />
      <Route path="/devices" component={DevicesView} />
      <Route path="/devices/:name">
        {({ name }) => <DeviceView key={name} controllerId={decoded(name)} />}
      </Route>
      <Route path="/commands" component={CommandsView} />
      <Route path="/files" component={FilesView} />
      <Route path="/users" component={UsersView} />
      <Route path="/users/:id">{({ id }) => <UserView userId={id} />}</Route>
      <Route path="/sites" component={SitesView} />
      <Route path="/sites/:id">{({ id }) => <SiteView siteId={id} />}</Route>
      <Route path="/enrolment" component={EnrolmentView} />
      <Route path="/jobs" component={JobsView} />
      <Route path="/jobs/:id">{({ id }) => <JobView jobId={id} />}</Route>
      <Route path="/audit" component={AuditView} />
      <Route path="/plugins" component={PluginsView} />
      <Route path="/monitoring" component={MonitoringView} />
      <Route path="/admins" component={AdminsView} />
      <Route>
        <ViewHead title={t.app.noSuchView} />
        <Empty title={t.app.noSuchView} next={t.app.noSuchViewNext} />
      </Route>
    </Switch>
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
