// The operations of the features: devices, users, sharing, files, commands, enrolment.
import { randomBytes } from "node:crypto";
import { between, matching, openStream, page, Problem, reply } from "./api.mjs";

const gone = (what) => {
  throw new Problem(404, `There is no such ${what}.`);
};
const key = () => `gte_${randomBytes(18).toString("base64url")}`;
const inHours = (hours) => new Date(Date.now() + hours * 3600_000).toISOString();

export function declareFeatures(api, fleet) {
  declareDevices(api, fleet);
  declareOneDevice(api, fleet);
  declarePeople(api, fleet);
  declareFiles(api, fleet);
  declareCommands(api, fleet);
  declareEnrolment(api, fleet);
}

const entry = ({
  id,
  controller_id,
  hardware_id,
  device_name,
  firmware_version,
  is_online,
  last_seen,
  created_at,
}) => ({ id, controller_id, hardware_id, device_name, firmware_version, is_online, last_seen, created_at });

function declareDevices(api, fleet) {
  api.on("GET", "/admin/devices", "viewer", ({ query }) => {
    const word = (query.query ?? "").toLowerCase();
    const silentSince =
      query.offline_for_seconds && new Date(Date.now() - query.offline_for_seconds * 1000).toISOString();
    const rows = fleet.devices.filter(
      (device) =>
        (!word ||
          [device.controller_id, device.hardware_id, device.device_name].some((text) =>
            text.toLowerCase().includes(word),
          )) &&
        (!query.online || String(device.is_online) === query.online) &&
        (!silentSince || (!device.is_online && (device.last_seen ?? "") < silentSince)) &&
        (!query.firmware || device.firmware_version === query.firmware),
    );
    return page("devices", rows.map(entry), query, [
      "controller_id",
      "device_name",
      "firmware_version",
      "last_seen",
      "created_at",
    ]);
  });
  api.on("GET", "/admin/devices/{name}/presence", "viewer", ({ names, query }) => {
    const device = fleet.named(names.name) ?? gone("device");
    const ends = ["closed", "timeout", "hub restarted", "broker died"];
    const hour = 3600_000;
    const past = Array.from({ length: 80 }, (_, i) => ({
      from: new Date(Date.now() - (i + 2) * 7 * hour).toISOString(),
      until: new Date(Date.now() - (i + 2) * 7 * hour + 5 * hour + i * 60_000).toISOString(),
      via: i % 6 ? "mqtt" : "heartbeat",
      ended_by: ends[i % 4],
    }));
    const now = {
      from: new Date(Date.now() - 6 * hour).toISOString(),
      until: null,
      via: "mqtt",
      ended_by: null,
    };
    const { total: _, ...answer } = page("sessions", device.is_online ? [now, ...past] : past, query);
    return answer;
  });
  api.on("POST", "/admin/devices/{name}/release", "admin", ({ names, session }) => {
    const device = fleet.named(names.name) ?? gone("device");
    fleet.note(`admin:${session.name}`, "registration.release", device.controller_id);
    return { enrolment_key: key(), expires_at: inHours(24) };
  });
  api.on("POST", "/admin/devices/{name}/commands", "admin", ({ names, body, session }) => {
    const device = fleet.named(names.name) ?? gone("device");
    if (!device.is_online) throw new Problem(503, "The device is not connected. Nothing was sent.");
    const { command_id } = fleet.send(device, body.command, `admin:${session.name}`);
    return reply(202, {
      success: true,
      message: "The command was sent.",
      command_id,
      expires_at: inHours(10 / 3600),
    });
  });
}

function declareOneDevice(api, fleet) {
  api.on("POST", "/devices/register", "anyone", ({ body }) => {
    if (fleet.named(body.controller_id)) throw new Problem(409, "Another device has this name.");
    const { controller_id, hardware_id, device_name = "", firmware_version = "" } = body;
    const itsOwn = fleet.hardwareOfKey.get(body.enrolment_key);
    if (itsOwn && itsOwn !== hardware_id) throw new Problem(403, "A valid enrolment_key is needed.");
    const device = fleet.register({
      controller_id,
      hardware_id,
      device_name,
      firmware_version,
      is_online: false,
    });
    return reply(201, {
      message: "registered",
      device_id: device.id,
      controller_id,
      device_token: "gtd_fake",
    });
  });
  const tag = (device) => ({ ETag: `"v${device.version}"` });
  api.on("GET", "/devices/{name}", "viewer", ({ names }) => {
    const device = fleet.named(names.name) ?? gone("device");
    return reply(200, entry(device), tag(device));
  });
  api.on("PATCH", "/devices/{name}", "admin", ({ names, body, request, session }) => {
    const device = fleet.named(names.name) ?? gone("device");
    const wanted = request.headers["if-match"];
    if (wanted && wanted !== `"v${device.version}"`)
      throw new Problem(412, "The device was changed by somebody else.");
    if (body.controller_id !== undefined && !/^[A-Za-z0-9._-]{1,64}$|^</.test(body.controller_id)) {
      throw new Problem(422, "Some fields are wrong.", [
        { pointer: "/controller_id", detail: "letters, digits, dot, dash and underscore only" },
      ]);
    }
    const other = fleet.named(body.controller_id);
    if (other && other !== device) throw new Problem(409, "Another device has this name.");
    Object.assign(device, {
      controller_id: body.controller_id ?? device.controller_id,
      device_name: body.device_name ?? device.device_name,
    });
    device.version += 1;
    fleet.note(`admin:${session.name}`, "registration.update", device.controller_id);
    return reply(200, entry(device), tag(device));
  });
  api.on("DELETE", "/devices/{name}", "admin", ({ names, session }) => {
    const device = fleet.named(names.name) ?? gone("device");
    fleet.devices.splice(fleet.devices.indexOf(device), 1);
    fleet.note(`admin:${session.name}`, "registration.delete", names.name);
    return reply(204);
  });
  const status = ({ controller_id, is_online, last_seen, firmware_version, status, status_at }) => ({
    controller_id,
    is_online,
    last_seen,
    firmware_version,
    status,
    status_at,
  });
  api.on("GET", "/commands/status/{name}", "viewer", ({ names }) =>
    status(fleet.named(names.name) ?? gone("device")),
  );
  api.on("GET", "/devices/{name}/events", "viewer", ({ names, request, response }) => {
    const device = fleet.named(names.name) ?? gone("device");
    const tell = openStream(response);
    tell("state", status(device));
    const said = (one) => one === device && tell("status", device.status);
    const changed = (event) =>
      event.device_id === device.id && tell("presence", { is_online: event.is_online, last_seen: event.at });
    fleet.on("status", said).on("presence", changed);
    request.on("close", () => fleet.off("status", said).off("presence", changed));
  });
}

function declarePeople(api, fleet) {
  api.on("GET", "/admin/users", "viewer", ({ query }) => {
    const word = (query.query ?? "").toLowerCase();
    const rows = fleet.users.filter(
      ({ names }) => !word || names.some((name) => name.toLowerCase().includes(word)),
    );
    return page("users", rows, query, ["user_id", "created_at", "last_seen", "devices"]);
  });
  api.on("DELETE", "/admin/users/{id}", "admin", ({ names, session }) => {
    if (!fleet.users.some(({ user_id }) => String(user_id) === names.id)) gone("user");
    fleet.users = fleet.users.filter(({ user_id }) => String(user_id) !== names.id);
    fleet.grants = fleet.grants.filter(({ user_id }) => String(user_id) !== names.id);
    fleet.note(`admin:${session.name}`, "auth.delete-user", `user:${names.id}`);
    return reply(204);
  });
  api.on("GET", "/admin/grants", "viewer", ({ query }) =>
    page(
      "grants",
      matching(fleet.grants, query, ["controller_id", "user_id", "access_level", "source"]),
      query,
    ),
  );
  api.on("DELETE", "/devices/{name}/users/{id}", "admin", ({ names, session }) => {
    const before = fleet.grants.length;
    fleet.grants = fleet.grants.filter(
      (grant) => grant.controller_id !== names.name || String(grant.user_id) !== names.id,
    );
    if (fleet.grants.length === before) gone("access");
    fleet.note(`admin:${session.name}`, "auth.remove", names.name);
    return reply(204);
  });
  api.on("GET", "/admin/sharing-tokens", "viewer", ({ query }) => {
    const now = new Date().toISOString();
    const state = (token) =>
      token.revoked ? "revoked" : token.is_used ? "used" : token.expires_at < now ? "expired" : "open";
    const rows = matching(fleet.sharing, query, ["controller_id"], true).filter(
      (token) => !query.state || state(token) === query.state,
    );
    return page("tokens", rows, query);
  });
  api.on("DELETE", "/sharing/tokens/{id}", "admin", ({ names, session }) => {
    const token = fleet.sharing.find(({ token_id }) => String(token_id) === names.id) ?? gone("token");
    token.revoked = true;
    fleet.note(`admin:${session.name}`, "sharing.revoke", token.controller_id);
    return reply(204);
  });
}

function declareFiles(api, fleet) {
  const find = (names) => fleet.files.find(({ file_id }) => String(file_id) === names.id) ?? gone("file");
  api.on("GET", "/admin/files", "viewer", ({ query }) =>
    page(
      "files",
      matching(matching(fleet.files, query, ["controller_id"], true), query, ["kind", "state"]),
      query,
      ["-created_at", "name", "size"],
    ),
  );
  api.on("GET", "/files/{name}/{id}", "admin", ({ names }) => ({
    ...find(names),
    download_url: `/api/v1/downloads/${names.id}`,
    upload_url: null,
    expires_at: inHours(1),
  }));
  api.on("GET", "/downloads/{id}", "anyone", ({ names }) =>
    reply(200, "content", {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="file-${names.id}"`,
    }),
  );
  api.on("GET", "/files/{name}/{id}/diff", "admin", ({ names, query }) => ({
    from: Number(query.with),
    to: Number(names.id),
    is_same: false,
    diff: ' {\n-  "open_seconds": 12,\n+  "open_seconds": 14,\n   "name": "<img src=x onerror=alert(1)>"\n }',
  }));
  api.on("POST", "/files/{name}/{id}/restore", "admin", () =>
    reply(202, { success: true, message: "The device is told now, or when it connects." }),
  );
  api.on("DELETE", "/files/{name}/{id}", "admin", ({ names }) => {
    fleet.files.splice(fleet.files.indexOf(find(names)), 1);
    return reply(204);
  });
}

function declareCommands(api, fleet) {
  api.on("GET", "/admin/commands", "viewer", ({ query }) => {
    const rows = between(
      matching(matching(fleet.commands, query, ["controller_id", "sender"], true), query, ["state"]),
      query,
      "sent_at",
    );
    return page("commands", rows, query);
  });
  api.on(
    "GET",
    "/commands/{id}",
    "viewer",
    ({ names }) => fleet.commands.find(({ command_id }) => command_id === names.id) ?? gone("command"),
  );
}

function declareEnrolment(api, fleet) {
  api.on("GET", "/admin/enrolment-keys", "viewer", ({ query }) => page("keys", fleet.keys, query));
  api.on("POST", "/admin/enrolment-keys", "admin", ({ body, session }) => {
    if (body.max_uses < 1)
      throw new Problem(422, "Some fields are wrong.", [{ pointer: "/max_uses", detail: "1 to 100000" }]);
    const made = {
      key_id: fleet.keys.length + 1,
      name: body.name ?? "",
      max_uses: body.max_uses ?? 1,
      uses: 0,
      expires_at: inHours(body.expires_in_hours ?? 24),
      created_at: new Date().toISOString(),
      hardware_id: null,
      controller_id: null,
    };
    fleet.keys.unshift(made);
    fleet.note(`admin:${session.name}`, "registration.make-key", made.name || `key ${made.key_id}`);
    return reply(201, { key_id: made.key_id, enrolment_key: key(), expires_at: made.expires_at });
  });
  api.on("POST", "/admin/import/devices", "admin", ({ request, body, query }) =>
    importFleet(fleet, request, body, query),
  );
  api.on("DELETE", "/admin/enrolment-keys/{id}", "admin", ({ names }) => {
    fleet.keys = fleet.keys.filter(({ key_id }) => String(key_id) !== names.id);
    return reply(204);
  });
  const find = (names) =>
    fleet.pending.find(({ pending_id }) => String(pending_id) === names.id) ?? gone("device that waits");
  api.on("GET", "/admin/pending-devices", "viewer", ({ query }) => page("pending", fleet.pending, query));
  api.on("POST", "/admin/pending-devices/{id}/approve", "admin", ({ names, session }) => {
    const waiting = find(names);
    fleet.pending.splice(fleet.pending.indexOf(waiting), 1);
    fleet.register({
      controller_id: waiting.controller_id,
      hardware_id: waiting.hardware_id,
      device_name: waiting.device_name,
    });
    fleet.note(`admin:${session.name}`, "registration.approve", waiting.controller_id);
    return reply(204);
  });
  api.on("DELETE", "/admin/pending-devices/{id}", "admin", ({ names }) => {
    fleet.pending.splice(fleet.pending.indexOf(find(names)), 1);
    return reply(204);
  });
}

// Simple files only: what the real hub reads is tested there.
function importFleet(fleet, request, text, query) {
  const [head, ...lines] = text.replace("\ufeff", "").split(/\r?\n/).filter(Boolean);
  const separator = head.includes(";") ? ";" : ",";
  const columns = head.split(separator);
  const expires_at = inHours(query.expires_in_hours ?? 720);
  const devices = lines.map((line, at) => {
    const given = Object.fromEntries(line.split(separator).map((field, i) => [columns[i], field]));
    const { hardware_id, controller_id = "", device_name = "" } = given;
    return {
      line: at + 2,
      hardware_id,
      controller_id: controller_id || null,
      device_name,
      replaces_key: false,
      enrolment_key: null,
    };
  });
  const errors = devices.flatMap(({ line, hardware_id }, at) => {
    const pointer = `/lines/${line}/hardware_id`;
    const twin = devices.slice(0, at).find((other) => other.hardware_id === hardware_id);
    if (twin) return [{ pointer, detail: `is in line ${twin.line}, too` }];
    return /^[\w:.-]+$/.test(hardware_id) ? [] : [{ pointer, detail: "must be letters, digits and : . _ -" }];
  });
  if (errors.length > 0)
    throw new Problem(422, "Nothing was imported: something in the file is wrong.", errors);
  if (query.dry_run === "true") return { dry_run: true, expires_at, devices };
  for (const device of devices) {
    device.enrolment_key = key();
    fleet.hardwareOfKey.set(device.enrolment_key, device.hardware_id);
    const { hardware_id, controller_id } = device;
    const made = {
      key_id: fleet.keys.length + 1,
      name: query.name ?? "fleet",
      max_uses: 1,
      uses: 0,
      expires_at,
    };
    fleet.keys.unshift({ ...made, created_at: new Date().toISOString(), hardware_id, controller_id });
  }
  if (!(request.headers.accept ?? "").startsWith("text/csv"))
    return reply(201, { dry_run: false, expires_at, devices });
  const rows = devices.map(
    (d) => `${d.line},${d.hardware_id},${d.controller_id ?? ""},${d.enrolment_key},${expires_at}\r\n`,
  );
  return reply(201, `line,hardware_id,controller_id,enrolment_key,expires_at\r\n${rows.join("")}`, {
    "Content-Type": "text/csv",
  });
}
