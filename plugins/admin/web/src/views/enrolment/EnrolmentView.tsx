import { Panel, ViewHead } from "../../parts/layout";
import { t } from "../../strings";
import { ImportFleet } from "./ImportFleet";
import { KeyTable } from "./KeyTable";
import { NewKey } from "./NewKey";
import { WaitingTable } from "./WaitingTable";
import { useSession } from "../../session/session";

export function EnrolmentView() {
  const { canWrite } = useSession();
  return (
    <>
      <ViewHead title={t.enrolment.title} lead={t.enrolment.lead} />
      <Panel title={t.enrolment.waiting}>
        <WaitingTable />
      </Panel>
      <Panel title={t.enrolment.keys} beside={canWrite ? <KeyButtons /> : undefined}>
        <KeyTable />
      </Panel>
    </>
  );
}

function KeyButtons() {
  return (
    <>
      <ImportFleet />
      <NewKey />
    </>
  );
}
