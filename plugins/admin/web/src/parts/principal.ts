/** `user:7` as its parts; a bare number is a user's id. Anything else has no kind. */
export function readPrincipal(who: string | number | null | undefined): { kind: string; id: string } {
  const text = String(who ?? "");
  if (/^\d+$/.test(text)) return { kind: "user", id: text };
  const parts = /^(user|admin|device):(.+)$/s.exec(text);
  if (!parts || (parts[1] === "user" && !/^\d+$/.test(parts[2]!))) return { kind: "", id: text };
  return { kind: parts[1]!, id: parts[2]! };
}
