// A write of each kind, by the page.
import assert from "node:assert/strict";
import { it } from "node:test";
import { call, logIn, makeSite, newName, registerDevice, useBrowser } from "./browser.mjs";

const open = useBrowser();

async function opened(path) {
  const page = await open();
  await logIn(page);
  if (path) await page.goto(path);
  return page;
}

async function finish(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog").or(page.getByRole("alertdialog"));

it("an enrolment key is made, shown once, and deleted", async () => {
  const page = await opened("/admin/enrolment");
  const name = newName("key");
  await button(page, "New key").click();
  await dialog(page).getByLabel("Name", { exact: true }).fill(name);
  await button(page, "Make key").click();
  const secret = await page.locator(".secret-text").textContent();
  assert.match(secret, /^gte_/);
  await page.keyboard.press("Escape"); // a slip must not lose it
  await button(page, "I have saved it").click();
  assert.equal(await page.getByText(secret).count(), 0);
  const row = page.getByRole("row").filter({ hasText: name });
  await row.getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await page.getByText(`${name} was deleted`).waitFor();
  await row.waitFor({ state: "detached" });
  await finish(page);
});

it("an API token is made, works, and is refused once it is deleted", async () => {
  const page = await opened("/admin/admins?tab=tokens");
  const name = newName("token");
  await button(page, "New token").click();
  await dialog(page).getByLabel("Name", { exact: true }).fill(name);
  await dialog(page).getByRole("button", { name: "New token" }).click();
  const token = await page.locator(".secret-text").textContent();
  assert.match(token, /^gta_/);
  await button(page, "I have saved it").click();
  const row = page.getByRole("row").filter({ hasText: name });
  await row.getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await page.getByText(`The token ${name} was deleted`).waitFor();
  await finish(page);
});

it("a device is renamed, re-enrolled and deleted", async () => {
  const page = await opened();
  const [name, better] = [newName("gate"), newName("better")];
  await registerDevice(page, name);
  await page.goto(`/admin/devices/${name}`);
  await button(page, "Rename").click();
  await dialog(page).getByLabel("Device", { exact: true }).fill(better);
  await dialog(page).getByLabel("Name", { exact: true }).fill("By the river");
  await button(page, "Save").click();
  await page.getByRole("heading", { level: 1, name: better }).waitFor();
  await button(page, "Re-enrol").click();
  await dialog(page).getByRole("button", { name: "Re-enrol" }).click();
  assert.match(await page.locator(".secret-text").textContent(), /^gte_/);
  await button(page, "I have saved it").click();
  await button(page, "Delete").click();
  await dialog(page).getByText("This cannot be undone").waitFor();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { level: 1, name: "Devices" }).waitFor();
  assert.equal((await call(page, "GET", `/devices/${better}`)).status, 404);
  await finish(page);
});

it("a wrong name is refused beside its field", async () => {
  const page = await opened();
  const name = newName("gate");
  await registerDevice(page, name);
  await page.goto(`/admin/devices/${name}`);
  await button(page, "Rename").click();
  await dialog(page).getByLabel("Device", { exact: true }).fill("no spaces/or slashes");
  await button(page, "Save").click();
  await dialog(page).locator(".field-error").filter({ hasText: /./ }).waitFor();
  await finish(page);
});

it("several devices are deleted by a job that says what came of each", async () => {
  const page = await opened();
  const stem = newName("bulk");
  for (const i of [1, 2]) await registerDevice(page, `${stem}-${i}`);
  await page.goto(`/admin/devices?query=${stem}`);
  await page.getByRole("cell").filter({ hasText: `${stem}-2` }).first().waitFor();
  await page.getByRole("columnheader").first().locator("label").click();
  await page.getByRole("group", { name: "2 selected" }).getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { level: 1, name: "Delete devices" }).waitFor();
  await page.getByText("2 of 2").first().waitFor({ timeout: 15_000 });
  await page.getByRole("row").filter({ hasText: `${stem}-1` }).getByText("done").waitFor();
  await finish(page);
});

/** The text of what `act` makes the browser save. */
async function saved(page, act) {
  const waiting = page.waitForEvent("download");
  await act();
  const chunks = [];
  for await (const chunk of await (await waiting).createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it("several devices are re-enrolled by a job, whose keys are saved once", async () => {
  const page = await opened();
  const stem = newName("card");
  for (const i of [1, 2]) await registerDevice(page, `${stem}-${i}`);
  await page.goto(`/admin/devices?query=${stem}`);
  await page.getByRole("cell").filter({ hasText: `${stem}-2` }).first().waitFor();
  await page.getByRole("columnheader").first().locator("label").click();
  await page.getByRole("group", { name: "2 selected" }).getByRole("button", { name: "Re-enrol" }).click();
  await dialog(page).getByRole("button", { name: "Re-enrol" }).click();
  await dialog(page).getByText("They are not shown again").waitFor();
  await page.keyboard.press("Escape"); // a slip must not lose them
  assert.ok(await button(page, "I have saved them").isDisabled());
  const csv = await saved(page, () => button(page, "Save the keys as CSV").click());
  assert.match(csv, new RegExp(`^controller_id,enrolment_key\r\n${stem}-1,gte_.{43}\r\n${stem}-2,gte_.{43}\r\n$`));
  await button(page, "I have saved them").click();
  await page.getByRole("heading", { level: 1, name: "Re-enrol devices" }).waitFor();
  await page.getByText("2 of 2").first().waitFor({ timeout: 15_000 });
  await finish(page);
});

it("a fleet is checked, mended and imported, and each key lets in its own device", async () => {
  const page = await opened("/admin/enrolment");
  const stem = newName("fleet");
  await button(page, "Import a fleet").click();
  await dialog(page).getByLabel("Or paste the lines here").fill(`hardware_id;device_name\n${stem}-1;North\n${stem}-1;<b>\nno good;\n`);
  await dialog(page).getByLabel("Name of the keys").fill(stem);
  await button(page, "Check").click();
  const faults = dialog(page).getByRole("table", { name: "What is wrong in the file" });
  await faults.getByRole("row").filter({ hasText: "is in line 2, too" }).waitFor();
  await faults.getByRole("row", { name: /^4 hardware_id/ }).waitFor();
  assert.equal(await dialog(page).getByRole("button", { name: /^Import \d/ }).count(), 0);
  const csv = `\ufeffhardware_id;controller_id;device_name\r\n${stem}-1;${stem};Nörd\r\n${stem}-2;;\r\n`;
  await dialog(page).locator("input[type=file]").setInputFiles({ name: "fleet.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await dialog(page).getByText("fleet.csv,").waitFor();
  await button(page, "Check").click();
  await dialog(page).getByText("2 devices are ready to be imported").waitFor();
  await button(page, "Import 2 devices").click();
  await dialog(page).getByText("2 keys were made").waitFor();
  const keys = await saved(page, () => button(page, "Save the keys as CSV").click());
  await button(page, "I have saved them").click();
  const key = new RegExp(`${stem}-1,${stem},(gte_[^,]+),`).exec(keys)?.[1];
  assert.ok(key, keys);
  await page.getByRole("row").filter({ hasText: `${stem}-1` }).getByText("0 of 1").waitFor();
  const register = (hardware) => call(page, "POST", "/devices/register", { hardware_id: hardware, controller_id: stem, enrolment_key: key });
  assert.equal((await register(`${stem}-9`)).status, 403);
  assert.equal((await register(`${stem}-1`)).status, 201);
  await page.reload();
  await page.getByRole("row").filter({ hasText: `${stem}-2` }).locator("label").click();
  await page.getByRole("group", { name: "1 selected" }).getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await page.getByText("1 of 1").first().waitFor({ timeout: 15_000 });
  await finish(page);
});

it("a command is asked for once, sent in one's name, and followed to its end", async () => {
  const page = await opened();
  const { body } = await call(page, "GET", "/admin/devices?online=true&sort=-last_seen&limit=1");
  assert.ok(body.devices.length > 0, "this test needs a device that is connected");
  await page.goto(`/admin/devices/${encodeURIComponent(body.devices[0].controller_id)}`);
  await page.getByText("Sent in your name").waitFor();
  await button(page, "Open").click();
  await dialog(page).getByText("nobody stands in its way").waitFor();
  await dialog(page).getByRole("button", { name: "Open" }).click();
  await page.locator(".progress").getByText(/acknowledged|moving|completed/).waitFor({ timeout: 30_000 });
  await finish(page);
});

it("a gate is locked down with a reason that stands on its page, and the lockdown is ended", async () => {
  const page = await opened();
  const device = newName("lock");
  await registerDevice(page, device);
  await page.goto(`/admin/devices/${device}`);
  await button(page, "Lock down").click();
  await dialog(page).getByLabel("For how long").selectOption("4");
  await dialog(page).getByLabel("Reason").fill("storm <b>tonight</b>");
  await dialog(page).getByRole("button", { name: "Lock down" }).click();
  await page.getByText("Locked down.").waitFor();
  await page.getByText("storm <b>tonight</b>").waitFor();
  const { body } = await call(page, "GET", `/devices/${device}/rules`);
  const hours = (Date.parse(body.lockdown.until) - Date.now()) / 3_600_000;
  assert.ok(hours > 3.9 && hours <= 4, String(hours));
  await button(page, "End lockdown").click();
  await dialog(page).getByRole("button", { name: "End lockdown" }).click();
  await page.getByText("Not locked down.").waitFor();
  assert.equal((await call(page, "GET", `/devices/${device}/rules`)).body.lockdown, null);
  await finish(page);
});

it("an admin is added, becomes a viewer, and is deleted", async () => {
  const page = await opened("/admin/admins");
  const name = newName("ada");
  await button(page, "Add admin").click();
  await dialog(page).getByLabel("Name", { exact: true }).fill(name);
  await dialog(page).getByLabel("Password", { exact: true }).fill("a long enough phrase");
  await dialog(page).getByLabel("Role").selectOption("admin");
  await dialog(page).getByRole("button", { name: "Add admin" }).click();
  const row = page.getByRole("row").filter({ hasText: name });
  await row.getByRole("button", { name: "Make viewer" }).click();
  await dialog(page).getByRole("button", { name: "Make viewer" }).click();
  await row.getByRole("button", { name: "Make admin" }).waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  await finish(page);
});

it("disabling a plugin says that a restart is needed", async () => {
  const page = await opened("/admin/plugins");
  const card = page.getByRole("article").filter({ hasText: "sharing" }).filter({ has: page.getByRole("heading", { name: "sharing" }) });
  await card.getByRole("button", { name: "Disable" }).click();
  await dialog(page).getByText("after the next start").waitFor();
  await dialog(page).getByRole("button", { name: "Disable" }).click();
  await card.getByRole("button", { name: "Enable" }).click();
  await dialog(page).getByRole("button", { name: "Enable" }).click();
  await card.getByRole("button", { name: "Disable" }).waitFor();
  await finish(page);
});

it("the audit log is saved as a file", async () => {
  const page = await opened("/admin/audit");
  const download = page.waitForEvent("download");
  await button(page, "Save as CSV").click();
  assert.equal((await download).suggestedFilename(), "audit.csv");
  await finish(page);
});

for (const [list, label, name] of [
  ["devices", "Save as CSV", "devices.csv"],
  ["commands", "Save as JSON", "commands.json"],
]) {
  it(`the list of ${list} is saved as ${name}`, async () => {
    const page = await opened(`/admin/${list}`);
    const download = page.waitForEvent("download");
    await button(page, label).click();
    assert.equal((await download).suggestedFilename(), name);
    await finish(page);
  });
}

it("a device and a member are put into a site and taken out, and the site is deleted", async () => {
  const page = await opened();
  const site = await makeSite(page, newName("Elm Road"));
  await page.goto(`/admin/sites/${site.site_id}`);
  await page.getByText("No device is in this site").waitFor();
  await button(page, "Add a device").click();
  await dialog(page).getByLabel("Device", { exact: true }).fill(site.device);
  await dialog(page).getByRole("button", { name: "Add a device" }).click();
  await page.getByText(`${site.device} is in the site`).waitFor();
  const device = page.getByRole("row").filter({ hasText: site.device });
  await device.getByRole("button", { name: "Take out" }).click();
  await dialog(page).getByRole("button", { name: "Take out" }).click();
  await device.waitFor({ state: "detached" });

  const other = await makeSite(page, newName("Oak Street"));
  await button(page, "Add a member").click();
  await dialog(page).getByLabel("User id").fill(String(other.owner.user_id));
  await dialog(page).getByLabel("Name", { exact: true }).fill("Bert");
  await dialog(page).getByRole("button", { name: "Add a member" }).click();
  const member = page.getByRole("row").filter({ hasText: "Bert" });
  await member.getByText("engineer").waitFor();
  await member.getByRole("button", { name: "Remove" }).click();
  await dialog(page).getByRole("button", { name: "Remove" }).click();
  await member.waitFor({ state: "detached" });

  await button(page, "Delete").click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await page.getByText(`${site.name} was deleted`).waitFor();
  assert.equal((await call(page, "GET", `/sites/${site.site_id}/devices`)).status, 404);
  await finish(page);
});

it("a write without the CSRF token is refused", async () => {
  const page = await opened();
  const answer = await call(page, "POST", "/admin/enrolment-keys", { name: "forged" }, { "X-CSRF-Token": "wrong" });
  assert.equal(answer.status, 403);
  await finish(page);
});

it("an error stays until it is dismissed, and says what to do", async () => {
  const page = await opened();
  const name = newName("gone");
  await registerDevice(page, name);
  await page.goto(`/admin/devices/${name}`);
  await button(page, "Delete").click();
  await call(page, "DELETE", `/devices/${name}`);
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  const notice = page.locator(".notices").getByRole("alert");
  await notice.getByText("Go back to the list").waitFor();
  await page.waitForTimeout(8_000); // longer than a message of success stays
  await notice.getByRole("button", { name: "Dismiss" }).click();
  await notice.waitFor({ state: "detached" });
  await finish(page);
});
