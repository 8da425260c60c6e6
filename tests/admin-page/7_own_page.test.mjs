// The page that a plugin brings, by that of `sharing`: from the admin's menu and back, its login, its writes.
import assert from "node:assert/strict";
import { it } from "node:test";
import { call, kAdmin, kHostile, kHub, kPhone, kPictures, kViewer, logIn, newName, registerDevice, settled, useBrowser } from "./browser.mjs";

const open = useBrowser();

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const title = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const placeOf = (page) => new URL(page.url()).pathname + new URL(page.url()).search;

async function finish(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** An admin on the page of sharing, and a device with tokens that have these notes. */
async function withTokens(...notes) {
  const page = await open();
  await logIn(page);
  const device = newName("shared");
  assert.equal((await registerDevice(page, device)).status, 201);
  for (const note of notes) {
    const made = await call(page, "POST", `/admin/devices/${device}/sharing-tokens`, { notes: note });
    assert.equal(made.status, 201);
  }
  await page.goto(`/sharing?controller_id=${device}`);
  await settled(page);
  return { page, device };
}

it("the menu leads to the plugin's page, which has the same menu, and back", async () => {
  const page = await open();
  await logIn(page);
  await page.getByRole("link", { name: "Sharing tokens" }).click();
  await title(page, "Sharing tokens").waitFor();
  assert.equal(placeOf(page), "/sharing");
  const here = page.getByRole("navigation", { name: "Main menu" }).locator("[aria-current=page]");
  assert.deepEqual(await here.allTextContents(), ["Sharing tokens"]);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Audit log" }).click();
  await title(page, "Audit log").waitFor();
  await finish(page);
});

it("on a phone the menu of the plugin's page is in its drawer, and the colours are those that were chosen", async () => {
  const page = await open({ viewport: kPhone });
  await logIn(page);
  await button(page, "Open the menu").click();
  await dialog(page).getByLabel("Colours").selectOption("dark");
  await dialog(page).getByRole("link", { name: "Sharing tokens" }).click();
  await title(page, "Sharing tokens").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await button(page, "Open the menu").click();
  await dialog(page).getByRole("link", { name: "Devices" }).click();
  await title(page, "Devices").waitFor();
  await finish(page);
});

it("without a session the plugin's page leads to the login, and back with its filters", async () => {
  const page = await open();
  await page.goto("/sharing?state=open");
  await title(page, "Log in").waitFor();
  assert.equal(new URL(page.url()).pathname, "/admin");
  await page.getByLabel("Name", { exact: true }).fill(kAdmin.name);
  await page.getByLabel("Password", { exact: true }).fill(kAdmin.password);
  await button(page, "Log in").click();
  await title(page, "Sharing tokens").waitFor();
  assert.equal(placeOf(page), "/sharing?state=open");
  await finish(page);
});

it("a link to the login leads nowhere but back to this hub", async () => {
  for (const place of ["//example.org/", "https://example.org/", "/\\example.org", "javascript:alert(1)"]) {
    const page = await open();
    await logIn(page, kAdmin, `/admin?${new URLSearchParams({ then: place })}`);
    await title(page, "Overview").waitFor();
    assert.equal(new URL(page.url()).origin, kHub);
    await finish(page);
  }
});

it("a session that ends on the plugin's page leads to the login, which says so", async () => {
  const { page } = await withTokens();
  const { body } = await call(page, "GET", "/admin/sessions");
  const { session_id } = body.sessions.find(({ is_current }) => is_current);
  await call(page, "DELETE", `/admin/sessions/${session_id}`);
  await page.getByText("Your session has ended").waitFor({ timeout: 20_000 });
  await finish(page);
});

it("a token is made for a gate, shown once with its code, and revoked", async () => {
  const { page, device } = await withTokens();
  await page.getByText("Nothing matches these filters").waitFor();
  await button(page, "New token").click();
  assert.equal(await dialog(page).getByLabel("Device", { exact: true }).inputValue(), device);
  await dialog(page).getByLabel("For whom").fill("the plumber");
  await button(page, "Make token").click();
  const link = await page.locator(".secret-text").textContent();
  assert.match(link, /share#gts_.{43}$/);
  await dialog(page).getByRole("img", { name: "QR code" }).waitFor();
  if (kPictures) await page.screenshot({ path: `${kPictures}/sharing-made.png` });
  await page.keyboard.press("Escape"); // a slip must not lose it
  await button(page, "I have saved it").click();
  assert.equal((await page.content()).includes(link.split("#")[1]), false);

  const row = page.getByRole("row").filter({ hasText: "the plumber" });
  await row.getByText("open", { exact: true }).waitFor();
  await row.getByRole("button", { name: "Revoke" }).click();
  await dialog(page).getByText("Nobody can use it any more").waitFor();
  await dialog(page).getByRole("button", { name: "Revoke" }).click();
  await row.getByText("revoked", { exact: true }).waitFor();
  await finish(page);
});

it("an unknown device and a wrong number are refused beside their fields", async () => {
  const { page, device } = await withTokens();
  await button(page, "New token").click();
  await dialog(page).getByLabel("Device", { exact: true }).fill("no-such-gate");
  await button(page, "Make token").click();
  await dialog(page).locator(".field-error").filter({ hasText: /./ }).waitFor();
  await dialog(page).getByLabel("Device", { exact: true }).fill(device);
  await dialog(page).getByLabel("The token can be used").fill("0");
  await button(page, "Make token").click();
  await dialog(page).locator(".field-error").filter({ hasText: "8760" }).waitFor();
  await finish(page);
});

it("several tokens are revoked by a job, whose page shows what came of each", async () => {
  const { page } = await withTokens("one", "two");
  await page.getByRole("columnheader").first().locator("label").click();
  await page.getByRole("group", { name: "2 selected" }).getByRole("button", { name: "Revoke" }).click();
  await dialog(page).getByRole("button", { name: "Revoke" }).click();
  await title(page, "Revoke sharing tokens").waitFor();
  assert.match(placeOf(page), /^\/admin\/jobs\/\d+$/);
  await page.getByText("2 of 2").first().waitFor({ timeout: 15_000 });
  await finish(page);
});

it("tokens are filtered by state, and the device's own page shows the open ones and the way here", async () => {
  const { page, device } = await withTokens("stays", "goes");
  const row = page.getByRole("row").filter({ hasText: "goes" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await dialog(page).getByRole("button", { name: "Revoke" }).click();
  await row.getByText("revoked", { exact: true }).waitFor();
  await page.getByLabel("State", { exact: true }).selectOption("revoked");
  await page.getByRole("row").filter({ hasText: "stays" }).waitFor({ state: "detached" });
  await row.waitFor();
  await page.goto(`/admin/devices/${device}?tab=tokens`);
  await page.getByRole("row").filter({ hasText: "stays" }).waitFor();
  assert.equal(await page.getByRole("row").filter({ hasText: "goes" }).count(), 0);
  await page.getByRole("link", { name: "All tokens of this device" }).click();
  await title(page, "Sharing tokens").waitFor();
  await row.waitFor();
  await finish(page);
});

it("HTML in notes is shown as text", async () => {
  const { page } = await withTokens(kHostile);
  await page.getByText(kHostile).first().waitFor();
  assert.equal(await page.locator("img[src='x']").count(), 0);
  await finish(page);
});

it("a viewer sees the tokens and no way to make or end one", async () => {
  const { page: admin, device } = await withTokens("seen by all");
  await call(admin, "POST", "/admin/admins", { ...kViewer, role: "viewer" });
  const page = await open();
  await logIn(page, kViewer, `/admin?then=${encodeURIComponent(`/sharing?controller_id=${device}`)}`);
  await page.getByRole("row").filter({ hasText: "seen by all" }).waitFor();
  for (const name of ["New token", "Revoke"]) assert.equal(await button(page, name).count(), 0);
  assert.equal(await page.getByRole("checkbox").count(), 0);
  assert.equal((await call(page, "POST", `/admin/devices/${device}/sharing-tokens`, {})).status, 403);
  await finish(page);
  await finish(admin);
});

it("the plugin's page forbids script and style from elsewhere", async () => {
  const answer = await fetch(`${kHub}/sharing`);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /style-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
});
