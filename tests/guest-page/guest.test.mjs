// The page that a shared link opens, at the width of a phone. LINKS: tokens by name, of a gate that is connected and has said
// that it is closed.
import assert from "node:assert/strict";
import { it } from "node:test";
import { kHub, kPhone, kPictures, seriousFindings, useBrowser } from "../admin-page/browser.mjs";

const open = useBrowser();
const kLinks = JSON.parse(process.env.LINKS);

const linkOf = (name) => `${kHub}/share#${kLinks[name]}`;
const button = (page, name) => page.getByRole("button", { name, exact: true });
const isOff = async (page, name) => (await button(page, name).getAttribute("aria-disabled")) === "true";
const why = (page, verb) => page.locator(`#why-${verb}`);

async function look(page, name) {
  assert.deepEqual(await seriousFindings(page), []);
  if (kPictures) await page.screenshot({ path: `${kPictures}/guest-${name}.png`, fullPage: true });
}
async function finish(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}
async function accepted(name, options = {}) {
  const page = await open({ viewport: kPhone, ...options });
  await page.goto(linkOf(name));
  await button(page, "Accept").click();
  await page.locator("#gate").waitFor();
  return page;
}

it("a preview of the link spends nothing, and the token leaves the browser only when the guest accepts", async () => {
  const seen = [];
  const preview = await open({ viewport: kPhone });
  preview.on("request", (request) => seen.push(request.url() + (request.postData() ?? "")));
  await preview.goto(linkOf("whole"));
  await button(preview, "Accept").waitFor();
  await look(preview, "welcome");
  assert.ok(seen.every((text) => !text.includes(kLinks.whole.slice(4))), "no request has the token");
  assert.deepEqual(await preview.evaluate(() => Object.keys(localStorage)), []);
  await finish(preview);
});

it("a guest accepts, sees the gate, moves it, and comes back without the link", async () => {
  const page = await accepted("whole");
  await page.getByRole("heading", { name: "Main gate" }).waitFor();
  await page.getByText("Closed", { exact: true }).waitFor();
  await look(page, "gate");
  const sent = page.waitForResponse((response) => response.url().endsWith("/commands/send"));
  await button(page, "Open").click();
  assert.equal((await sent).status(), 202);
  assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes(kLinks.whole), "the token is not kept");
  await page.goto(`${kHub}/share`);  // from the home screen
  await page.getByText("Closed", { exact: true }).waitFor();
  assert.equal(await isOff(page, "Open"), false);
  await finish(page);
});

it("another browser with the same link is told so", async () => {
  const page = await open({ viewport: kPhone });
  await page.goto(linkOf("whole"));
  await button(page, "Accept").click();
  await page.getByText("Somebody else has accepted this link already. Ask for a new one.").waitFor();
  assert.deepEqual(await page.evaluate(() => JSON.parse(localStorage["gatetorio.guest"])), []);
  await finish(page);
});

it("the keyboard reaches every button, also one that is off, and presses it", async () => {
  const page = await accepted("reader");
  await page.getByText("Closed", { exact: true }).waitFor();
  assert.equal(await isOff(page, "Open"), true);
  assert.equal(await why(page, "open").textContent(), "This access shows the gate and does not move it.");
  await look(page, "reader");
  const reached = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < 3; ++i) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement.textContent));
  }
  assert.deepEqual(reached, ["Open", "Stop", "Close"]);
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.keyboard.press("Enter");
  await page.evaluate(() => document.title);
  assert.ok(requests.every((url) => !url.includes("/commands/send")));
  await finish(page);
});

it("spent uses turn the moves off and leave the stop", async () => {
  const page = await accepted("once", { theme: "dark" });
  await page.getByText("One use is left.").waitFor();
  await button(page, "Close").click();
  await page.getByText("The uses of this access are spent.").first().waitFor();
  assert.equal(await isOff(page, "Open"), true);
  assert.equal(await isOff(page, "Stop"), false);
  await look(page, "spent-dark");
  await finish(page);
});

it("access that begins later says when", async () => {
  const page = await accepted("later");
  await page.getByText(/^You have access from .*2099/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Open", exact: true }).count(), 0);
  await finish(page);
});

it("a link that is wrong, and the page without one, say what to do", async () => {
  const page = await open({ viewport: kPhone });
  await page.goto(`${kHub}/share#gts_${"x".repeat(43)}`);
  await button(page, "Accept").click();
  await page.getByText("This link is not right. Ask for a new one.").waitFor();
  await page.goto("about:blank");
  await page.goto(`${kHub}/share`);
  await page.getByText("This page is opened by a link that an owner of the gate sends you.").waitFor();
  await finish(page);
});

it("words of the gate are shown as text, and the page asks nobody but the hub", async () => {
  const hosts = new Set();
  const page = await open({ viewport: kPhone });
  page.on("request", (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(linkOf("hostile"));
  await button(page, "Accept").click();
  await page.getByRole("heading", { name: "<img src=x onerror=alert(1)>" }).waitFor();
  assert.deepEqual([...hosts], [new URL(kHub).origin]);
  const answer = await fetch(`${kHub}/share`);
  assert.match(answer.headers.get("content-security-policy"), /default-src 'none'; script-src 'self'/);
  await finish(page);
});
