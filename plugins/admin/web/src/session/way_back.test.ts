import { expect, it } from "vitest";
import { loginFor, pathOfHub, wayBack } from "./way_back";

const kOrigin = "https://hub.example.org";

it("one comes back to where one was, with its filters", () => {
  const place = "/sharing?state=open&controller_id=gate-7";
  const search = loginFor(place, true).replace("/admin", "");
  expect(wayBack({ search, origin: kOrigin })).toEqual({ to: place, hasEnded: true });
  expect(wayBack({ search: "?tab=tokens", origin: kOrigin })).toBeNull();
});

it.each([
  ["//evil.example", null],
  ["/\\evil.example", null],
  ["/\t/evil.example", null],
  ["https://evil.example/", null],
  ["javascript:alert(1)", null],
  ["sharing", null],
  ["", null],
  [null, null],
  ["/sharing/../admin#x", "/admin#x"],
])("%j is %j", (text, path) => {
  expect(pathOfHub(text, kOrigin)).toBe(path);
});
