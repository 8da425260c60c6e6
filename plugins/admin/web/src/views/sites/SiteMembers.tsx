import { useMemo } from "react";
import { Link } from "wouter";
import { path, remove } from "../../api/client";
import type { SiteMember } from "../../api/types";
import { useWholeList } from "../../api/whole";
import { useAction } from "../../parts/action";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { DataTable, type Column } from "../../parts/DataTable";
import { Empty } from "../../parts/layout";
import { termsText } from "../../parts/terms";
import { Ago, Given, LevelBadge } from "../../parts/Words";
import { useSession } from "../../session/session";
import { t } from "../../strings";

interface OfSite {
  siteId: string;
  /** What the site is called. */
  site: string;
}

export function SiteMembers({ siteId, site }: OfSite) {
  const { canWrite } = useSession();
  const list = useWholeList<SiteMember>(path`/sites/${siteId}/users`, "users");
  const columns = useMemo(() => {
    const all: Column<SiteMember>[] = [
      {
        id: "user",
        header: t.columns.user,
        place: "main",
        cell: (member) => (
          <Link href={`/users/${member.user_id}`}>
            <Given text={nameOf(member)} />
          </Link>
        ),
      },
      {
        id: "level",
        header: t.columns.level,
        cell: ({ access_level }) => <LevelBadge level={access_level} />,
      },
      {
        id: "expires",
        header: t.columns.expires,
        cell: ({ expires_at }) => <Ago at={expires_at} never={t.common.noEnd} />,
      },
      {
        id: "when",
        header: t.columns.when,
        place: "wide",
        cell: (member) => <Given text={termsText(member)} />,
      },
      { id: "created", header: t.columns.since, cell: ({ created_at }) => <Ago at={created_at} /> },
    ];
    if (!canWrite) return all;
    const end: Column<SiteMember> = {
      id: "end",
      header: t.columns.acts,
      place: "end",
      cell: (member) => <RemoveMember siteId={siteId} site={site} member={member} />,
    };
    return [...all, end];
  }, [canWrite, siteId, site]);
  return (
    <DataTable
      label={t.sites.members}
      columns={columns}
      rowId={(member) => String(member.user_id)}
      list={list}
      empty={<Empty title={t.sites.noMembers} next={t.sites.noMembersNext} />}
    />
  );
}

function nameOf(member: SiteMember): string {
  return member.name || t.person.unnamed(member.user_id);
}

function RemoveMember({ siteId, site, member }: OfSite & { member: SiteMember }) {
  const action = useAction();
  const name = nameOf(member);
  return (
    <ConfirmButton
      label={t.users.removeGrant}
      kind="quiet"
      title={t.sites.removeTitle(name, site)}
      consequence={t.sites.removeText}
      confirmLabel={t.users.removeGrant}
      isDisabled={action.isRunning}
      onConfirm={() =>
        void action.run(() => remove(path`/sites/${siteId}/users/${member.user_id}`), {
          done: t.sites.removed(name, site),
          failed: t.sites.notRemoved(name, site),
        })
      }
    />
  );
}
