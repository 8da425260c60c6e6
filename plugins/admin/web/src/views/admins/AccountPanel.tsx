import { Fact, Facts, Panel } from "../../parts/layout";
import { Moment, RoleBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";
import { SecondFactor } from "./SecondFactor";
import { SetPassword } from "./SetPassword";

export function AccountPanel() {
  const { session } = useSession();
  return (
    <>
      <Panel title={t.admins.account}>
        <Facts>
          <Fact name={t.columns.name}>
            <bdi>{session.name}</bdi>
          </Fact>
          <Fact name={t.columns.role}>
            <RoleBadge role={session.role} />
          </Fact>
          <Fact name={t.admins.sessionEnds}>
            <Moment at={session.expires_at} />
          </Fact>
        </Facts>
        <SetPassword name={session.name} />
      </Panel>
      <SecondFactor />
    </>
  );
}
