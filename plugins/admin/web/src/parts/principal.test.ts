import { expect, it } from "vitest";
import { readPrincipal } from "./principal";

it.each([
  ["user:7", { kind: "user", id: "7" }],
  [7, { kind: "user", id: "7" }],
  ["admin:jane:doe", { kind: "admin", id: "jane:doe" }],
  ["user:<b>", { kind: "", id: "user:<b>" }],
  ["hub", { kind: "", id: "hub" }],
  [null, { kind: "", id: "" }],
])("%j", (who, parts) => {
  expect(readPrincipal(who)).toEqual(parts);
});
