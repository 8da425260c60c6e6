import { expect, it } from "vitest";
import { testCatalogue } from "../kit/testing";
import { t } from "./strings";

testCatalogue(t, __dirname);

it("the catalogue advises what to do about every status that the hub answers with", () => {
  for (const status of [0, 400, 401, 403, 404, 409, 410, 412, 413, 422, 429, 460, 500, 501, 503, 504, 507]) {
    expect(t.errors.advice(status, null)).toMatch(/\.$/);
  }
  expect(t.errors.advice(429, 7)).toContain("7 seconds");
});
