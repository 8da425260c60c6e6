// A viewer sees everything and can do nothing; two admins never overwrite each other unseen.
import assert from "node:assert/strict";
import { it } from "node:test";
import { call, kAdmin, kViewer, logIn, newName, registerDevice, settled, useBrowser } from "./browser.mjs";
import { views } from "./views.mjs";

const open = useBrowser();
const kWriting = /^(Delete|Rename|Re-enrol|Revoke|Remove|Approve|Deny|New key|New token|Add admin|Enable|Disable|Open|Close|Stop|Send|Restore|Lock down|Hold open)$/;

it("a viewer is shown no way to change anything, and the hub would refuse it", async () => {
  const admin = await open();
  await logIn(admin);
  const made = await call(admin, "POST", "/admin/admins", { ...kViewer, role: "viewer" });
  assert.ok([201, 409].includes(made.status), `status ${made.status}`);
  const device = newName("seen");
  await registerDevice(admin, device);

  const page = await open();
  await logIn(page, kViewer);
  for (const [, path] of views) {
    await page.goto(path.replace("{device}", device));
    await settled(page);
    const names = await page.getByRole("main").getByRole("button").allTextContents();
    assert.deepEqual(names.filter((name) => kWriting.test(name.trim())), [], path);
    assert.equal(await page.getByRole("alert").filter({ hasText: "could not be loaded" }).count(), 0, path);
  }
  assert.equal((await call(page, "DELETE", `/devices/${device}`)).status, 403);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await admin.context().close();
});

it("whoever saves second is shown what the first one changed, and decides", async () => {
  const [first, second] = [await open(), await open()];
  await logIn(first, kAdmin);
  await logIn(second, kAdmin);
  const device = newName("shared");
  await registerDevice(first, device, { device_name: "Old" });
  for (const page of [first, second]) {
    await page.goto(`/admin/devices/${device}`);
    await page.getByRole("button", { name: "Rename" }).click();
  }
  await rename(first, "By the first");
  await first.getByRole("dialog").waitFor({ state: "detached" });
  await rename(second, "By the second");
  const conflict = second.getByRole("dialog");
  await conflict.getByText("Somebody else changed this device").waitFor();
  await conflict.getByRole("cell", { name: "By the first" }).waitFor();
  assert.equal((await call(first, "GET", `/devices/${device}`)).body.device_name, "By the first");
  await conflict.getByRole("button", { name: "Overwrite with mine" }).click();
  await conflict.waitFor({ state: "detached" });
  assert.equal((await call(first, "GET", `/devices/${device}`)).body.device_name, "By the second");
  await first.context().close();
  await second.context().close();
});

async function rename(page, name) {
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Save" }).click();
}
