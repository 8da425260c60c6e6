// Every view, at two widths and in both themes: it opens, nothing sticks out, axe finds nothing serious. With PICTURES=folder
// each is also kept as a picture, to be looked at.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { call, kDesktop, kPhone, kPictures, logIn, makeSite, registerDevice, newName, seriousFindings, settled, useBrowser } from "./browser.mjs";
import { views } from "./views.mjs";

const kOnly = process.env.ONLY_VIEWS?.split(",");
const kLooks = [
  ["desktop", kDesktop, "light"],
  ["desktop", kDesktop, "dark"],
  ["phone", kPhone, "light"],
  ["phone", kPhone, "dark"],
].filter(([width, , theme]) => (process.env.LOOKS ?? `${width}-${theme}`).split(",").includes(`${width}-${theme}`));

const open = useBrowser();

async function someDevice(page) {
  const { body } = await call(page, "GET", "/admin/devices?online=true&limit=1");
  if (body.devices.length > 0) return body.devices[0].controller_id;
  const name = newName("looked-at");
  await registerDevice(page, name);
  return name;
}

function keep(page, name) {
  if (!kPictures) return;
  mkdirSync(kPictures, { recursive: true });
  return page.screenshot({ path: join(kPictures, `${name}.png`), fullPage: true });
}

for (const [width, viewport, theme] of kLooks) {
  describe(`on a ${width}, ${theme}`, () => {
    it("the login is usable by everybody", async () => {
      const page = await open({ viewport, theme });
      await page.goto("/admin");
      await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
      await page.getByText("First time here").click();
      assert.deepEqual(await seriousFindings(page), []);
      await keep(page, `login-${width}-${theme}`);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });

    it("every view is", async (test) => {
      const page = await open({ viewport, theme });
      await logIn(page);
      const device = await someDevice(page);
      const site = await makeSite(page, "Elm Road 1 to 17, Ebersbach");
      const filled = (text, device) =>
        text.replace("{device}", device).replace("{site}", site.site_id).replace("{site_name}", site.name);
      for (const [name, path, title] of views) {
        if (kOnly && !kOnly.includes(name)) continue;
        await test.test(name, async () => {
          await page.goto(filled(path, encodeURIComponent(device)));
          await page.getByRole("heading", { level: 1, name: filled(title, device) }).waitFor();
          await settled(page);
          if (name === "overview" || name === "monitoring") await page.locator(".chart svg").first().waitFor({ timeout: 15_000 });
          await keep(page, `${name}-${width}-${theme}`);
          const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(overhang <= 0, `${overhang} px stick out`);
          assert.deepEqual(await seriousFindings(page), []);
          assert.deepEqual(page.faults, []);
        });
      }
      await page.context().close();
    });
  });
}
