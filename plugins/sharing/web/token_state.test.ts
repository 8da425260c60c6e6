import { expect, it } from "vitest";
import { tokenState } from "./token_state";

const kNow = Date.UTC(2026, 10, 29);
const past = new Date(kNow - 1).toISOString();
const future = new Date(kNow + 1).toISOString();

it.each([
  [{ revoked: false, is_used: false, expires_at: future }, "open"],
  [{ revoked: false, is_used: false, expires_at: past }, "expired"],
  [{ revoked: false, is_used: true, expires_at: past }, "used"],
  [{ revoked: true, is_used: true, expires_at: past }, "revoked"],
])("%j is %s", (token, state) => {
  expect(tokenState(token, kNow)).toBe(state);
});
