// Uses the hub from a page of another origin, in a real browser:
//   node browser.mjs CHROMIUM PORT HUB UPLOAD_URL TOKEN FILE
// serves the page on 127.0.0.1:PORT, opens it in CHROMIUM, and prints what it has to say: one line for each step.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

const [chromium, port, hub, uploadUrl, token, file] = process.argv.slice(2);
const client = new URL("./node_modules/tus-js-client/dist/tus.min.js", import.meta.url);

// Runs in the browser.
async function steps(hub, uploadUrl, token) {
  const lines = [];
  const step = async (name, what) => {
    const outcome = await what().catch((error) => `blocked: ${error.message || error}`);
    lines.push(`${name}: ${outcome}`.split("\n")[0]);
  };
  const bearer = { Authorization: `Bearer ${token}` };
  await step("read", async () => (await fetch(`${hub}/health`)).status);
  await step("header", async () => ((await fetch(`${hub}/health`)).headers.get("X-Request-Id") ? "seen" : "hidden"));
  await step("post", async () => {
    const headers = { ...bearer, "Content-Type": "application/json", "X-App-Version": "1" };
    return (await fetch(`${hub}/api/v1/users/discover`, { method: "POST", headers, body: "{}" })).status;
  });
  await step("refusal", async () => (await fetch(`${hub}/api/v1/devices/none`, { method: "DELETE", headers: bearer })).status);
  await step("upload", async () => {
    const data = await (await fetch("/data")).blob();
    await new Promise((resolve, reject) => {
      const options = { uploadUrl, uploadSize: data.size, chunkSize: 300_000, retryDelays: null, onError: reject, onSuccess: resolve };
      new tus.Upload(data, options).start();
    });
    return "complete";
  });
  await fetch("/done", { method: "POST", body: lines.join("\n") });
}

const page = `<!doctype html><script src="/tus.js"></script>
<script>(${steps})(${[hub, uploadUrl, token].map((text) => JSON.stringify(text)).join(",")})</script>`;
const files = { "/": ["text/html", page], "/tus.js": ["text/javascript", fs.readFileSync(client)], "/data": ["application/x", fs.readFileSync(file)] };
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "gatetorio-browser-"));
let browser;

const server = http.createServer((request, response) => {
  if (request.url !== "/done") {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(body === "" ? 404 : 200, { "Content-Type": type }).end(body);
    return;
  }
  let said = "";
  request.on("data", (part) => (said += part));
  request.on("end", () => {
    response.end();
    console.log(said);
    // The browser's other processes go on writing for a moment after the first one has ended.
    browser.once("exit", () => {
      fs.rmSync(profile, { recursive: true, force: true, maxRetries: 30 });
      process.exit(0);
    });
    process.kill(-browser.pid, "SIGKILL");
  });
});

setTimeout(() => {
  console.error("the page had nothing to say in time");
  if (browser) process.kill(-browser.pid, "SIGKILL");
  process.exit(1);
}, 60_000).unref();

server.listen(Number(port), "127.0.0.1", () => {
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`];
  browser = spawn(chromium, [...flags, `http://127.0.0.1:${port}/`], { stdio: "ignore", detached: true });
});
