// The login is on the admin's page. A page of a plugin sends people there, and they come back to where they were.

const kLogin = "/admin";

/** The path of this hub that `text` means; null where it leads anywhere else. Browsers read "/\t/host" as another host. */
export function pathOfHub(text: string | null, origin: string): string | null {
  if (text === null || !text.startsWith("/")) return null;
  try {
    const url = new URL(text, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

/** Where to log in and come back. `hasEnded`: there was a session until now. */
export function loginFor(place: string, hasEnded: boolean): string {
  return `${kLogin}?${new URLSearchParams({ then: place, ...(hasEnded ? { ended: "1" } : {}) })}`;
}

export interface WayBack {
  to: string;
  hasEnded: boolean;
}

/** What loginFor() said, on the page of the login; null: nobody was sent here. */
export function wayBack(location: { search: string; origin: string }): WayBack | null {
  const query = new URLSearchParams(location.search);
  const to = pathOfHub(query.get("then"), location.origin);
  return to === null ? null : { to, hasEnded: query.has("ended") };
}
