// Who did something. The hub says `user:7`, `admin:jane`, `device:12`; a person wants a name.
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { Grant } from "../api/types";
import { t } from "../common_strings";
import { PlaceLink } from "./places";
import { readPrincipal } from "./principal";
import { Given } from "./Words";

const kNamesStayMs = 600_000;

interface PersonProps {
  who: string | number | null | undefined;
  /** Where the hub says the name as well. */
  name?: string | undefined;
}

export function Person({ who, name }: PersonProps) {
  const { kind, id } = readPrincipal(who);
  if (kind === "user") return <UserName id={id} />;
  if (kind === "admin") {
    return (
      <>
        <Given text={name || id} /> <span className="small faint">{t.person.admin}</span>
      </>
    );
  }
  return <Given text={who} />;
}

/** The name by which a device knows this user, and the way to all that the hub knows of them. */
function UserName({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: ["name", "user", id],
    queryFn: ({ signal }) => get<{ grants: Grant[] }>("/admin/grants", { user_id: id, limit: 1 }, signal),
    staleTime: kNamesStayMs,
    gcTime: kNamesStayMs,
    retry: false,
  });
  return (
    <PlaceLink to={`/admin/users/${id}`}>
      <Given text={data?.grants[0]?.name || t.person.unnamed(id)} />
    </PlaceLink>
  );
}
