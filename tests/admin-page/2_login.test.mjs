// Login and logout, and what a stranger gets.
import assert from "node:assert/strict";
import { it } from "node:test";
import { call, kAdmin, kHub, logIn, useBrowser } from "./browser.mjs";

const open = useBrowser();

it("a wrong password is told without saying what was wrong", async () => {
  const page = await open();
  await page.goto("/admin");
  await page.getByLabel("Name", { exact: true }).fill(kAdmin.name);
  await page.getByLabel("Password", { exact: true }).fill("not this one, surely");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("alert").getByText("You are not logged in").waitFor();
  await page.context().close();
});

it("login leads to the place one asked for, by keyboard alone", async () => {
  const page = await open();
  await page.goto("/admin/audit");
  const name = page.getByLabel("Name", { exact: true });
  await name.focus();
  await page.keyboard.type(kAdmin.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(kAdmin.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Audit log" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

it("after logout the session is worth nothing", async () => {
  const page = await open();
  await logIn(page);
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const answer = await fetch(`${kHub}/api/v1/admin/session`, { headers: { Cookie: cookie } });
  assert.equal(answer.status, 401);
  await page.context().close();
});

it("a session that ends elsewhere leads to the login, and back to where one was", async () => {
  const page = await open();
  await logIn(page, kAdmin, "/admin/jobs");
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  const { body } = await call(page, "GET", "/admin/sessions");
  const { session_id } = body.sessions.find(({ is_current }) => is_current);
  await call(page, "DELETE", `/admin/sessions/${session_id}`);
  await page.getByText("Your session has ended").waitFor({ timeout: 20_000 });
  assert.equal(new URL(page.url()).pathname, "/admin/jobs");
  await page.context().close();
});

it("the page comes with the policy that keeps foreign script out", async () => {
  const answer = await fetch(`${kHub}/admin`);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /style-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
});
