// A browser and the hub under test. The packages are those of the page: run `npm ci` in plugins/admin/web first.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";

const require = createRequire(new URL("../../plugins/admin/web/package.json", import.meta.url));
export const { chromium } = require("playwright-core");
const kAxe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const kHub = (process.env.HUB_URL ?? "http://127.0.0.1:8090").replace(/\/$/, "");
export const kSetupUrl = process.env.SETUP_URL ?? "";
export const kPictures = process.env.PICTURES ?? "";
export const kAdmin = { name: process.env.ADMIN_NAME ?? "jane", password: process.env.ADMIN_PASSWORD ?? "night gate pass" };
export const kViewer = { name: "victor", password: "night gate pass" };
export const kHostile = "<img src=x onerror=alert(1)>";
export const kDesktop = { width: 1280, height: 800 };
export const kPhone = { width: 390, height: 844 };

const kChromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** One browser for a test file. Every page fails the test that meant it for an alert, a script error or a broken policy. */
export function useBrowser() {
  let browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: kChromium, args: ["--no-sandbox"] });
  });
  after(() => browser?.close());

  return async function open({ viewport = kDesktop, theme = "light", context } = {}) {
    const inside = context ?? (await browser.newContext({ viewport, colorScheme: theme, baseURL: kHub, acceptDownloads: true, reducedMotion: "reduce" }));
    const page = await inside.newPage();
    page.faults = [];
    page.on("dialog", (dialog) => {
      page.faults.push(`a script opened a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => page.faults.push(`script error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) page.faults.push(message.text());
    });
    return page;
  };
}

export async function logIn(page, who = kAdmin, to = "/admin") {
  await page.goto(to);
  const name = page.getByLabel("Name", { exact: true });
  await name.fill(who.name);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("navigation", { name: "Main menu" }).or(page.getByRole("button", { name: "Open the menu" })).first().waitFor();
}

/** A call to the API as the page makes it: with its cookie and its CSRF token. */
export async function call(page, method, path, body, headers = {}) {
  return page.evaluate(
    async ([method, path, body, headers]) => {
      const session = await (await fetch("/api/v1/admin/session")).json();
      const response = await fetch(`/api/v1${path}`, {
        method,
        headers: { "Content-Type": "application/json", "X-CSRF-Token": session.csrf_token ?? "", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get("Content-Type") ?? "");
      return { status: response.status, etag: response.headers.get("ETag"), body: isJson && text ? JSON.parse(text) : text };
    },
    [method, path, body, headers],
  );
}

/** Registers a device by a fresh enrolment key, as a new gate would. */
export async function registerDevice(page, controllerId, more = {}) {
  const key = await call(page, "POST", "/admin/enrolment-keys", { name: "test", max_uses: 1, expires_in_hours: 1 });
  const hardware_id = `test-${controllerId}`;
  return call(page, "POST", "/devices/register", { controller_id: controllerId, hardware_id, enrolment_key: key.body.enrolment_key, ...more });
}

/** A call of somebody who is no admin, by its token. */
export async function callAs(token, method, path, body) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  const response = await fetch(`${kHub}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** A new gate with its owner, and a site that the owner has made: `{device, owner: {user_id, token}, site_id, name}`. */
export async function makeSite(page, name) {
  const device = newName("gate");
  const { body } = await registerDevice(page, device);
  const token = `user-token-of-${newName("an-owner")}`;
  const paired = await callAs(body.device_token, "POST", "/users/authorize", { user_token: token, name: "Anna" });
  const made = await callAs(token, "POST", "/sites", { name });
  return { device, owner: { user_id: paired.body.user_id, token }, site_id: made.body.site_id, name };
}

export const newName = (what) => `${what}-${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;

/** What axe finds that hinders somebody seriously, as lines. */
export async function seriousFindings(page) {
  // By the debugger, because the page's policy lets no script in.
  await page.evaluate(kAxe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} - ${node.failureSummary?.split("\n")[1] ?? ""}`));
}

/** Waits until nothing on the page is loading or on its way to another look any more. */
export async function settled(page) {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".loading") && !document.querySelector("[aria-busy=true]"));
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
}
