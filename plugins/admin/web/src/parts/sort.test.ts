import { expect, it } from "vitest";
import { nextSort, sortOf } from "./sort";

it("a dash before the field means descending", () => {
  expect(sortOf("-last_seen")).toEqual({ field: "last_seen", isDescending: true });
  expect(sortOf("last_seen")).toEqual({ field: "last_seen", isDescending: false });
  expect(sortOf(undefined)).toEqual({ field: "", isDescending: false });
});

it("a press on a head sorts by it, and a second one the other way round", () => {
  expect(nextSort("name", "last_seen")).toBe("last_seen");
  expect(nextSort("last_seen", "last_seen")).toBe("-last_seen");
  expect(nextSort("-last_seen", "last_seen")).toBe("last_seen");
});
