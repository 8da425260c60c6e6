// Uses the admin's page for MINUTES as a hurried person would, by real clicks and keys, and prints as JSON what the browser measured:
//   node use_page.mjs MINUTES
import { chromium, kAdmin, logIn } from "../../admin-page/browser.mjs";

const kMinutes = Number(process.argv[2] ?? 3);
const kHub = process.env.HUB_URL;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ baseURL: kHub, viewport: { width: 1280, height: 800 } });
const page = await context.newPage();

// Each interaction's longest event, from the hand to the next picture: what INP is made of.
await page.addInitScript(() => {
  window.interactions = new Map();
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name } of list.getEntries()) {
      if (!interactionId) continue;
      const known = window.interactions.get(interactionId);
      if (!known || known.duration < duration) window.interactions.set(interactionId, { duration, name });
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
});

const debug = await context.newCDPSession(page);
await debug.send("Network.enable");
const events = {};
debug.on("Network.eventSourceMessageReceived", ({ eventName }) => (events[eventName] = (events[eventName] ?? 0) + 1));

async function heapMib() {
  await debug.send("HeapProfiler.collectGarbage");
  const { usedSize } = await debug.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}

let acts = 0;
async function press(locator) {
  await locator.click();
  acts += 1;
  await page.waitForTimeout(250);
}

const menu = (name) => page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name, exact: true });

async function useOverview() {
  await press(menu("Overview"));
  await page.locator(".chart svg").first().waitFor();
  const table = page.getByRole("button", { name: /show as/ }).first();
  await press(table);
  await press(table);
}

async function useDevices(round) {
  await press(menu("Devices"));
  await page.getByRole("table", { name: "Devices" }).waitFor();
  const search = page.getByRole("searchbox", { name: "Search" });
  await search.click();
  await page.keyboard.type(`gate-${round % 100}`, { delay: 80 });
  acts += 6;
  await page.waitForTimeout(1_000);
  await press(page.getByRole("button", { name: "Clear filters" }));
  await page.getByRole("row").nth(40).waitFor();
  await press(page.getByRole("button", { name: "Next" }));
  await press(page.getByRole("button", { name: "Last seen" }));
  await press(page.locator("tbody .cell-select label").first());
}

async function useDevice(round) {
  await page.evaluate((name) => history.pushState(null, "", `/admin/devices/${name}`), `gate-${round % 100}`);
  await page.getByRole("heading", { level: 1, name: `gate-${round % 100}`, exact: true }).waitFor();
  for (const tab of ["Presence", "Commands", "Audit log", "Now"]) await press(page.getByRole("tab", { name: tab, exact: true }));
  await page.waitForTimeout(2_000);
}

await logIn(page, kAdmin);
await useOverview();
const began = Date.now();
const heap = [await heapMib()];
const slow = {};
let round = 0;
while (Date.now() - began < kMinutes * 60_000) {
  for (const [name, use] of Object.entries({ overview: useOverview, devices: useDevices, device: useDevice })) {
    await page.evaluate(() => window.interactions.clear());
    await use(round);
    const seen = await page.evaluate(() => [...window.interactions.values()]);
    (slow[name] ??= []).push(...seen.map(({ duration }) => duration));
  }
  round += 1;
  if (round % 3 === 0) heap.push(await heapMib());
}
heap.push(await heapMib());
const seconds = (Date.now() - began) / 1000;

const at = (values, part) => (values.length ? values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] : 0);
const inp = Object.fromEntries(Object.entries(slow).map(([view, all]) => [view, { interactions_over_16_ms: all.length, p98_ms: at(all, 0.98), worst_ms: at(all, 1) }]));
console.log(
  JSON.stringify({
    seconds: Math.round(seconds),
    rounds: round,
    clicks_and_keys: acts,
    inp,
    heap_mib: heap.map((one) => Number(one.toFixed(1))),
    events_per_s: Object.fromEntries(Object.entries(events).map(([name, count]) => [name, Number((count / seconds).toFixed(1))])),
    is_live: await page.getByText("Live", { exact: true }).isVisible(),
  }),
);
await browser.close();
