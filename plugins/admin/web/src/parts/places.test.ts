import { expect, it } from "vitest";
import { placeInPage } from "./places";

it.each([
  ["/admin", "/"],
  ["/admin/devices/gate-7?tab=tokens", "/devices/gate-7?tab=tokens"],
  ["/admin?then=x", "/?then=x"],
  ["/administration", null],
  ["/sharing", null],
])("on /admin, %s is %s", (path, place) => {
  expect(placeInPage(path, "/admin")).toBe(place);
});
