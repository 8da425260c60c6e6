// What a guest sees who was sent a link and has no app: the gate's state, and the buttons that the access allows. The link's
// token stays in the fragment, which browsers send to nobody; it is redeemed when the guest presses "Accept", never by
// opening the page. What the browser keeps is a key of its own for each link that was accepted.

const kApi = "/api/v1";
const kStore = "gatetorio.guest";
const kRetryMs = 3000;
const kVerbs = [
  { verb: "open", label: "Open", command: { cmd: "pulse", key: "cmd_open" }, look: "main" },
  { verb: "stop", label: "Stop", command: { cmd: "pulse", key: "cmd_stop" }, look: "stop" },
  { verb: "close", label: "Close", command: { cmd: "pulse", key: "cmd_close" }, look: "" },
];
const kStates = {
  OPEN: "Open",
  CLOSED: "Closed",
  OPENING: "Opening…",
  CLOSING: "Closing…",
  STOPPED: "Stopped",
  PARTIAL_1: "Partly open",
  PARTIAL_2: "Partly open",
  OPENING_TO_PARTIAL_1: "Opening…",
  OPENING_TO_PARTIAL_2: "Opening…",
  CLOSING_TO_PARTIAL_1: "Closing…",
  CLOSING_TO_PARTIAL_2: "Closing…",
  REVERSING_FROM_OPEN: "Reversing…",
  REVERSING_FROM_CLOSE: "Reversing…",
};

const at = (id) => document.getElementById(id);
const token = location.hash.startsWith("#gts_") ? location.hash.slice(1) : "";
const timeText = (text) => new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

// ---- what this browser keeps --------------------------------------------------------------------------------------

/** The keys of accepted links, the last one first: {link, userToken}. `link` tells one from another, and opens nothing. */
function kept() {
  try {
    const list = JSON.parse(localStorage.getItem(kStore) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
function keep(entry) {
  const others = kept().filter((other) => other.link !== entry.link);
  localStorage.setItem(kStore, JSON.stringify([entry, ...others].slice(0, 50)));
}
function forget(link) {
  localStorage.setItem(kStore, JSON.stringify(kept().filter((entry) => entry.link !== link)));
}
const linkOf = (text) => text.slice(4, 12);
function newUserToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return "guest-" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- the hub ------------------------------------------------------------------------------------------------------

class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `The hub answered ${status}.`);
    this.status = status;
  }
}

async function call(userToken, method, path, body) {
  const headers = { Accept: "application/json", Authorization: `Bearer ${userToken}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(kApi + path, { method, headers, body: JSON.stringify(body), credentials: "omit", cache: "no-store" });
  const text = await response.text();
  const answer = text && /json/.test(response.headers.get("Content-Type") ?? "") ? JSON.parse(text) : {};
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** Calls `take(event, data)` for each event until the stream ends. */
async function listen(userToken, controllerId, take, signal) {
  const response = await fetch(`${kApi}/devices/${controllerId}/events`, {
    headers: { Accept: "text/event-stream", Authorization: `Bearer ${userToken}` },
    credentials: "omit",
    cache: "no-store",
    signal,
  });
  if (!response.ok) throw new Refused(response.status, {});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    waiting += value;
    const events = waiting.split("\n\n");
    waiting = events.pop();
    for (const text of events) {
      const field = (name) => text.split("\n").find((line) => line.startsWith(name + ":"))?.slice(name.length + 1).trim();
      const data = field("data");
      if (data) take(field("event"), JSON.parse(data));
    }
  }
}

// ---- the page -----------------------------------------------------------------------------------------------------

const say = (text) => (at("message").textContent = text);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function showState(gate) {
  const motion = gate.isOnline ? (kStates[gate.state] ?? "") : "";
  const words = !gate.isLive ? "Connecting…" : gate.isOnline ? motion || "Connected" : "The gate is not connected";
  if (at("state").textContent !== words) at("state").textContent = words;
}

/** Why each button is off, asked of the hub: it knows the access, its windows and the rules of the gate. */
async function reasons(userToken, controllerId) {
  const asked = kVerbs.map(async ({ verb }) => {
    const answer = await call(userToken, "GET", `/devices/${controllerId}/access/explain?verb=${verb}`);
    return [verb, answer.allowed ? "" : answer.why];
  });
  return Object.fromEntries(await Promise.all(asked));
}

function drawButtons(gate) {
  for (const { verb, label, look } of kVerbs) {
    let row = at(`move-${verb}`);
    if (!row) {
      row = document.createElement("div");
      row.className = "move";
      row.id = `move-${verb}`;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.className = look;
      const why = document.createElement("p");
      why.className = "why";
      why.id = `why-${verb}`;
      button.setAttribute("aria-describedby", why.id);
      button.addEventListener("click", () => void gate.move(verb));
      row.append(button, why);
      at("buttons").append(row);
    }
    const why = !gate.isLive
      ? "Waiting for the connection."
      : !gate.isOnline
        ? "The gate is not connected just now."
        : (gate.why[verb] ?? "");
    // Not disabled: who uses a keyboard or a screen reader must be able to come here and learn why.
    row.firstChild.setAttribute("aria-disabled", why ? "true" : "false");
    row.lastChild.textContent = why;
  }
}

function termsText(access) {
  const parts = [];
  if (access.open_until) parts.push(`Until ${timeText(access.open_until)}.`);
  if (access.uses_left != null) parts.push(access.uses_left === 1 ? "One use is left." : `${access.uses_left || "No"} uses are left.`);
  return parts.join(" ");
}

async function showGate(userToken) {
  at("welcome").hidden = true;
  at("gate").hidden = false;
  const gate = { isLive: false, isOnline: false, state: "", why: {}, move: () => {} };
  let controllerId = "";

  const lookAtAccess = async () => {
    const access = await call(userToken, "GET", `/users/access/${controllerId}`);
    at("terms").textContent = termsText(access);
    gate.why = await reasons(userToken, controllerId);
    drawButtons(gate);
  };
  gate.move = async (verb) => {
    if (at(`move-${verb}`).firstChild.getAttribute("aria-disabled") === "true") return;
    say("");
    try {
      const { command } = kVerbs.find((each) => each.verb === verb);
      await call(userToken, "POST", "/commands/send", { controller_id: controllerId, command });
    } catch (error) {
      say(error instanceof Refused ? error.message : "The hub cannot be reached; nothing was sent.");
    }
    await lookAtAccess().catch(() => {});
  };
  const take = (event, data) => {
    if (event === "state") {
      gate.isOnline = data.is_online;
      gate.state = data.status?.state ?? "";
    } else if (event === "status") {
      gate.state = data.state ?? gate.state;
    } else if (event === "presence") {
      gate.isOnline = data.is_online;
    }
    gate.isLive = true;
    showState(gate);
    drawButtons(gate);
  };

  for (;;) {
    try {
      const [device] = (await call(userToken, "GET", "/users/me/devices")).devices;
      if (!device) {
        gate.isLive = false;
        const name = controllerId || kept().find((entry) => entry.userToken === userToken).controllerId;
        const later = await call(userToken, "GET", `/users/access/${name}`);
        at("state").textContent = later.opens_at ? `You have access from ${timeText(later.opens_at)}.` : "Your access has ended.";
        at("buttons").replaceChildren();
        at("terms").textContent = "";
      } else {
        controllerId = device.controller_id;
        at("name").textContent = document.title = device.device_name || controllerId;
        await lookAtAccess();
        say("");
        await listen(userToken, controllerId, take);
      }
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return say("This browser's access is not known any more.");
    }
    // The connection or the access has ended: what it was is asked again.
    gate.isLive = false;
    if (controllerId && at("buttons").children.length > 0) {
      showState(gate);
      drawButtons(gate);
    }
    await wait(kRetryMs);
  }
}

async function accept(known) {
  at("accept").disabled = true;
  say("");
  // Kept before it is used: an answer that is lost on the way can be asked for again.
  const userToken = known?.userToken ?? newUserToken();
  const entry = { link: linkOf(token), userToken, controllerId: "" };
  keep(entry);
  try {
    const redeemed = await call(userToken, "POST", "/sharing/redeem", { token });
    keep({ ...entry, controllerId: redeemed.device_info.controller_id });
  } catch (error) {
    at("accept").disabled = false;
    if (!(error instanceof Refused) || error.status >= 500) return say("The hub cannot be reached. Try again.");
    forget(entry.link);
    const words = {
      404: "This link is not right. Ask for a new one.",
      409: "Somebody else has accepted this link already. Ask for a new one.",
      410: "This link has ended or was taken back. Ask for a new one.",
    };
    return say(words[error.status] ?? error.message);
  }
  await showGate(userToken);
}

const mine = token ? kept().find((entry) => entry.link === linkOf(token)) : kept()[0];
if (mine?.controllerId) {
  void showGate(mine.userToken);
} else if (token) {
  at("welcome").hidden = false;
  at("accept").addEventListener("click", () => void accept(mine));
} else {
  say("This page is opened by a link that an owner of the gate sends you.");
}
addEventListener("hashchange", () => location.reload());
