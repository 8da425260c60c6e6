// What a device says is text, whatever it says; and a lost hub is told at once.
import assert from "node:assert/strict";
import { it } from "node:test";
import { cuttableLink } from "./cuttable_link.mjs";
import { call, kAdmin, kHostile, kHub, kPictures, logIn, newName, registerDevice, useBrowser } from "./browser.mjs";

const open = useBrowser();

it("HTML in what devices say of themselves is shown as text", async () => {
  const page = await open();
  await logIn(page);
  const name = newName("hostile");
  await registerDevice(page, name, { device_name: kHostile, firmware_version: kHostile.slice(0, 32) });
  await call(page, "PATCH", `/devices/${name}`, { device_name: kHostile });
  for (const path of [`/admin/devices?query=${name}`, `/admin/devices/${name}`, `/admin/devices/${name}?tab=audit`]) {
    await page.goto(path);
    await page.getByText(name).first().waitFor();
    assert.equal(await page.locator("img[src='x']").count(), 0, path);
  }
  await page.goto(`/admin/devices/${name}`);
  await page.getByText(kHostile).first().waitFor();
  await page.goto(`/admin/devices/${encodeURIComponent(kHostile)}`);
  await page.getByRole("heading", { level: 1, name: kHostile }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

it("while the hub is out of reach the page says so and moves no gate; then it is in step again", async () => {
  const link = await cuttableLink(kHub);
  const page = await open();
  await logIn(page, kAdmin, `${link.url}/admin`);
  const { body } = await call(page, "GET", "/admin/devices?online=true&sort=-last_seen&limit=1");
  const device = body.devices[0]?.controller_id ?? newName("away");
  if (body.devices.length === 0) await registerDevice(page, device);
  await page.goto(`${link.url}/admin/devices/${encodeURIComponent(device)}`);
  await page.getByText("Live", { exact: true }).waitFor();
  link.cut();
  await page.getByText("The connection to the hub is lost").waitFor({ timeout: 30_000 });
  for (const name of ["Open", "Close"]) {
    assert.ok(await page.getByRole("button", { name, exact: true }).isDisabled(), name);
  }
  if (kPictures) await page.screenshot({ path: `${kPictures}/stale.png` });
  link.mend();
  await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
  assert.equal(await page.getByText("The connection to the hub is lost").count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  link.close();
});
