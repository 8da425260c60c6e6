// The one-time link, once, on a hub that has no admin yet. Needs SETUP_URL (the line that the hub prints).
import assert from "node:assert/strict";
import { it } from "node:test";
import { kAdmin, kPictures, kSetupUrl, seriousFindings, useBrowser } from "./browser.mjs";

const open = useBrowser();
const skip = kSetupUrl ? false : "SETUP_URL is not set";

it("a wrong link says where to get a right one", { skip }, async () => {
  const page = await open();
  await page.goto(kSetupUrl.replace(/#setup=.*/, "#setup=wrong"));
  await fill(page, kAdmin.name, kAdmin.password);
  await page.getByRole("heading", { name: "This link has ended" }).waitFor();
  await page.getByText("gatetorio-hub admin create").waitFor();
  await page.context().close();
});

it("a weak password is refused beside its field, and the link stays good", { skip }, async () => {
  const page = await open();
  await page.goto(kSetupUrl);
  await fill(page, kAdmin.name, "short");
  await page.locator(".field-error").filter({ hasText: /./ }).waitFor();
  await page.context().close();
});

it("the link makes an admin, leaves the address bar, and logs in", { skip }, async () => {
  const page = await open();
  await page.goto(kSetupUrl);
  await page.getByRole("heading", { name: "Set up your admin" }).waitFor();
  assert.equal(new URL(page.url()).hash, "");
  assert.deepEqual(await seriousFindings(page), []);
  if (kPictures) await page.screenshot({ path: `${kPictures}/setup.png` });
  await fill(page, kAdmin.name, kAdmin.password);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  const cookie = (await page.context().cookies()).find(({ name }) => name.endsWith("gatetorio_session"));
  assert.ok(cookie.httpOnly);
  assert.equal(cookie.sameSite, "Strict");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

it("a link that was used says so", { skip }, async () => {
  const page = await open();
  await page.goto(kSetupUrl);
  await fill(page, "mallory", kAdmin.password);
  await page.getByRole("heading", { name: "This link has ended" }).waitFor();
  await page.getByRole("button", { name: "To the login" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await page.context().close();
});

async function fill(page, name, password) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Password again").fill(password);
  await page.getByRole("button", { name: "Save and log in" }).click();
}
