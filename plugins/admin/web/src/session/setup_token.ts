// The token of the one-time link. It leaves the address bar (and with it the browser's history) at once.
const kPattern = /^#setup=(.+)$/;

/** Null where the page was not opened by a one-time link. */
export function takeSetupToken(
  location: Pick<Location, "hash" | "pathname" | "search">,
  history: History,
): string | null {
  const found = kPattern.exec(location.hash);
  if (!found) return null;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    return decodeURIComponent(found[1]!);
  } catch {
    return found[1]!;
  }
}
