import type { SharingToken } from "./types";

export type TokenState = "open" | "used" | "expired" | "revoked";

/** Revoked counts before used, and used before expired: what was done to it says more than what came by time. */
export function tokenState(
  token: Pick<SharingToken, "revoked" | "is_used" | "expires_at">,
  nowMs: number,
): TokenState {
  if (token.revoked) return "revoked";
  if (token.is_used) return "used";
  return new Date(token.expires_at).getTime() <= nowMs ? "expired" : "open";
}
