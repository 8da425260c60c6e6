// The operations of the plugin admin: setup, sessions, tokens, admins, overview, audit, plugins, jobs, events.
import { randomBytes } from "node:crypto";
import { between, matching, openStream, page, Problem, reply } from "./api.mjs";
import { plugins, states } from "./plugins.mjs";

const kMinPassword = 8;

export function declareAdmin(api, fleet, people) {
  declareSession(api, fleet, people);
  declareAdmins(api, fleet, people);
  declareTokens(api, people);
  declareHub(api, fleet);
  declareJobs(api, fleet);
}

function cookieOf(session) {
  return { "Set-Cookie": `gatetorio_session=${session.cookie}; HttpOnly; SameSite=Strict; Path=/` };
}

const seen = ({ name, csrf_token, expires_at }, role) => ({ name, role, csrf_token, expires_at });

function checkPassword(password) {
  if (String(password ?? "").length >= kMinPassword) return;
  throw new Problem(422, "Some fields are wrong.", [
    { pointer: "/password", detail: `has fewer than ${kMinPassword} characters` },
  ]);
}

function declareSession(api, fleet, people) {
  api.on("POST", "/admin/setup", "anyone", ({ body, peer }) => {
    if (body.setup_token !== people.setupToken) throw new Problem(401, "This is no link of this hub.");
    if (people.isSetupUsed) throw new Problem(410, "This link was used already.");
    checkPassword(body.password);
    people.make(body.name, body.password, "admin");
    people.isSetupUsed = true;
    fleet.note(`admin:${body.name}`, "admin.setup", body.name);
    const session = people.enter(body.name, peer);
    return reply(201, seen(session, "admin"), cookieOf(session));
  });
  api.on("POST", "/admin/session", "anyone", ({ body, peer }) => {
    const admin = people.admins.get(body.name);
    const hasCode = !admin?.totp_enabled || body.totp === "123456";
    if (!admin || admin.password !== body.password || !hasCode) {
      fleet.note(`admin:${body.name}`, "admin.login", String(body.name), "refused");
      throw new Problem(401, "Name, password or code is wrong.");
    }
    fleet.note(`admin:${body.name}`, "admin.login", body.name);
    const session = people.enter(body.name, peer);
    return reply(200, seen(session, admin.role), cookieOf(session));
  });
  api.on("GET", "/admin/session", "viewer", ({ session }) => ({
    ...seen(session, session.role),
    totp_enabled: people.admins.get(session.name).totp_enabled,
  }));
  api.on("DELETE", "/admin/session", "viewer", ({ session }) => {
    people.sessions.delete(session.cookie);
    return reply(204);
  });
  api.on("GET", "/admin/sessions", "viewer", ({ query, session }) => {
    const rows = [...people.sessions.values()].map(({ cookie, csrf_token, ...rest }) => ({
      ...rest,
      role: people.admins.get(rest.name)?.role ?? "viewer",
      is_current: cookie === session.cookie && Boolean(csrf_token),
    }));
    return page("sessions", rows.reverse(), query);
  });
  api.on("DELETE", "/admin/sessions/{id}", "admin", ({ names }) => {
    for (const [cookie, session] of people.sessions)
      if (String(session.session_id) === names.id) people.sessions.delete(cookie);
    return reply(204);
  });
}

function declareAdmins(api, fleet, people) {
  const shown = ({ name, role, created_at, last_login_at, totp_enabled }) => ({
    name,
    role,
    created_at,
    last_login_at,
    totp_enabled,
  });
  const isLast = (name) =>
    ![...people.admins.values()].some((admin) => admin.role === "admin" && admin.name !== name);
  const find = (name) => people.admins.get(name) ?? fail(404, "There is no such admin.");

  api.on("GET", "/admin/admins", "viewer", ({ query }) =>
    page("admins", [...people.admins.values()].map(shown), query),
  );
  api.on("POST", "/admin/admins", "admin", ({ body, session }) => {
    if (people.admins.has(body.name)) throw new Problem(409, "There is an admin of this name.");
    checkPassword(body.password);
    people.make(body.name, body.password, body.role);
    fleet.note(`admin:${session.name}`, "admin.make-admin", body.name);
    return reply(201, shown(people.admins.get(body.name)));
  });
  api.on("PATCH", "/admin/admins/{name}", "admin", ({ names, body, session }) => {
    const admin = find(names.name);
    const isOwn = session.name === names.name;
    if (!isOwn && session.role !== "admin") throw new Problem(403, "This needs the role admin.");
    if (body.role && body.role !== "admin" && isLast(names.name))
      throw new Problem(409, "This is the last admin.");
    if (body.password) {
      if (isOwn && admin.password !== body.current_password)
        throw new Problem(422, "Some fields are wrong.", [
          { pointer: "/current_password", detail: "is wrong" },
        ]);
      checkPassword(body.password);
      admin.password = body.password;
    }
    if (body.role) admin.role = body.role;
    fleet.note(`admin:${session.name}`, "admin.change-admin", names.name);
    return shown(admin);
  });
  api.on("DELETE", "/admin/admins/{name}", "admin", ({ names, session }) => {
    find(names.name);
    if (isLast(names.name)) throw new Problem(409, "This is the last admin; make another one first.");
    people.admins.delete(names.name);
    people.endSessionsOf(names.name);
    fleet.note(`admin:${session.name}`, "admin.delete-admin", names.name);
    return reply(204);
  });
  api.on("POST", "/admin/totp", "viewer", () => ({
    secret: "JBSWY3DPEHPK3PXP",
    uri: "otpauth://totp/Gatetorio",
  }));
  api.on("POST", "/admin/totp/confirm", "viewer", ({ body, session }) => {
    if (body.code !== "123456")
      throw new Problem(422, "Some fields are wrong.", [{ pointer: "/code", detail: "is wrong" }]);
    people.admins.get(session.name).totp_enabled = true;
    return { recovery_codes: Array.from({ length: 8 }, () => randomBytes(5).toString("hex")) };
  });
  api.on("DELETE", "/admin/totp", "viewer", ({ session }) => {
    people.admins.get(session.name).totp_enabled = false;
    return reply(204);
  });
}

function declareTokens(api, people) {
  api.on("GET", "/admin/tokens", "viewer", ({ query }) => page("tokens", people.tokens, query));
  api.on("POST", "/admin/tokens", "admin", ({ body, session }) => {
    if (!body.name)
      throw new Problem(422, "Some fields are wrong.", [{ pointer: "/name", detail: "is required" }]);
    const days = body.expires_in_days;
    const expires_at = days ? new Date(Date.now() + days * 86_400_000).toISOString() : null;
    const entry = {
      token_id: people.tokens.length + 1,
      name: body.name,
      role: body.role,
      created_by: session.name,
      created_at: new Date().toISOString(),
      expires_at,
      last_used_at: null,
    };
    people.tokens.push(entry);
    return reply(201, { ...entry, token: `gta_${randomBytes(24).toString("base64url")}` });
  });
  api.on("DELETE", "/admin/tokens/{id}", "admin", ({ names }) => {
    people.tokens = people.tokens.filter(({ token_id }) => String(token_id) !== names.id);
    return reply(204);
  });
}

function declareHub(api, fleet) {
  api.on("GET", "/admin/overview", "viewer", () => overview(fleet));
  api.on("GET", "/health", "anyone", () => ({ status: "healthy", version: "1.0.0" }));
  api.on("GET", "/admin/menu", "viewer", () => ({
    entries: [{ title: "Sharing tokens", path: "/sharing" }],
  }));
  api.on("GET", "/admin/export/{name}", "viewer", ({ names, request }) => {
    const rows = fleet[names.name] ?? [];
    if (!(request.headers.accept ?? "").includes("text/csv")) return rows;
    const text = rows
      .map((row) =>
        Object.values(row)
          .map((cell) => `"${cell}"`)
          .join(","),
      )
      .join("\r\n");
    return reply(200, text, { "Content-Type": "text/csv" });
  });
  api.on("GET", "/admin/audit", "viewer", ({ query, request }) => {
    const rows = between(
      matching(fleet.audit, query, ["who", "action", "target", "outcome"], true),
      query,
      "at",
    );
    if ((request.headers.accept ?? "").includes("text/csv")) {
      const lines = rows.map((row) =>
        [row.at, row.who, row.action, row.target, row.outcome].map((cell) => `"${cell}"`).join(","),
      );
      return reply(200, ["at,who,action,target,outcome", ...lines].join("\r\n"), {
        "Content-Type": "text/csv",
      });
    }
    const { total: _, ...answer } = page("entries", rows, query);
    return answer;
  });
  api.on("GET", "/admin/plugins", "viewer", () => ({ plugins }));
  for (const verb of ["enable", "disable"]) {
    api.on("OPTIONS", `/admin/plugins/{id}/${verb}`, "viewer", () => reply(204));
    api.on("POST", `/admin/plugins/{id}/${verb}`, "admin", ({ names, session }) => {
      const plugin = plugins.find(({ id }) => id === names.id) ?? fail(404, "There is no such plugin.");
      plugin.enabled = verb === "enable";
      fleet.note(`admin:${session.name}`, `admin.${verb}-plugin`, names.id);
      return reply(202, {
        message: `${names.id} is ${verb}d after the next start of the hub. Restart it when it suits you.`,
      });
    });
  }
  api.on("GET", "/admin/events", "viewer", ({ request, response }) => {
    const tell = openStream(response);
    const hearings = ["presence", "command", "registered"].map((type) => [type, (data) => tell(type, data)]);
    hearings.push(["health", () => tell("health", overview(fleet))]);
    hearings.forEach(([type, listener]) => fleet.on(type, listener));
    request.on("close", () => hearings.forEach(([type, listener]) => fleet.off(type, listener)));
    tell("health", overview(fleet));
  });
}

function overview(fleet) {
  const { counters } = fleet;
  const online = fleet.devices.filter(({ is_online }) => is_online).length;
  return {
    version: "1.0.0",
    started_at: fleet.startedAt,
    status: "healthy",
    ready: true,
    facts: { mqtt_connected: true, database_connected: true },
    plugins: states,
    metrics: {
      'gatetorio_http_requests_total{status="2xx"}': counters.requests,
      'gatetorio_http_requests_total{status="5xx"}': counters.errors,
      gatetorio_http_streams: 2 + (counters.requests % 3),
      gatetorio_operations_total: counters.operations,
      gatetorio_operation_seconds_sum: counters.seconds,
      gatetorio_operation_seconds_count: counters.operations,
      gatetorio_transport_mqtt_sessions: online + 14,
      gatetorio_transport_mqtt_statuses_total: counters.statuses,
      gatetorio_storage_sqlite_commits_total: counters.commits,
      gatetorio_storage_sqlite_commit_seconds_sum: counters.commitSeconds,
      gatetorio_storage_sqlite_commit_seconds_count: counters.commits,
    },
  };
}

function declareJobs(api, fleet) {
  const acts = {
    "delete-devices": (item) => took(fleet.devices, (device) => device.controller_id === item),
    "release-devices": (item) =>
      fleet.devices.some((device) => device.controller_id === item)
        ? { state: "done", detail: null }
        : { state: "failed", detail: "There is no such device." },
    "delete-enrolment-keys": (item) => took(fleet.keys, ({ key_id }) => String(key_id) === item),
    "approve-devices": (item) => took(fleet.pending, ({ pending_id }) => String(pending_id) === item),
    "deny-devices": (item) => took(fleet.pending, ({ pending_id }) => String(pending_id) === item),
    "delete-files": (item) => took(fleet.files, ({ file_id }) => String(file_id) === item.split("/").pop()),
    "delete-users": (item) => took(fleet.users, ({ user_id }) => String(user_id) === item),
    "revoke-sharing-tokens": (item) => {
      const token = fleet.sharing.find(({ token_id }) => String(token_id) === item);
      if (token) token.revoked = true;
      return token ? { state: "done", detail: null } : { state: "failed", detail: "There is no such token." };
    },
  };
  const shown = ({ rows: _, act: __, ...job }) => job;
  api.on("GET", "/admin/jobs", "viewer", ({ query }) => page("jobs", fleet.jobs.map(shown), query));
  api.on("POST", "/admin/jobs", "admin", ({ body, session }) => {
    if (!acts[body.kind])
      throw new Problem(422, "Some fields are wrong.", [{ pointer: "/kind", detail: "no such kind" }]);
    const rows = body.items.map((item, at) => ({ number: at + 1, item, state: "waiting", detail: "" }));
    const job = {
      job_id: fleet.jobs.length + 1,
      kind: body.kind,
      state: "running",
      created_at: new Date().toISOString(),
      created_by: session.name,
      total: rows.length,
      done: 0,
      failed: 0,
      rows,
      act: acts[body.kind],
    };
    fleet.jobs.unshift(job);
    fleet.note(`admin:${session.name}`, "admin.start-job", `job ${job.job_id}`);
    const secrets = body.items.map((item) => ({
      item,
      secret: `gte_${randomBytes(32).toString("base64url")}`,
    }));
    return reply(202, { ...shown(job), secrets: job.kind === "release-devices" ? secrets : null });
  });
  api.on("DELETE", "/admin/jobs/{id}", "admin", ({ names }) => {
    const job =
      fleet.jobs.find(({ job_id }) => String(job_id) === names.id) ?? fail(404, "There is no such job.");
    job.state = "cancelled";
    return reply(204);
  });
  api.on("GET", "/admin/jobs/{id}", "viewer", ({ names, query }) => {
    const job =
      fleet.jobs.find(({ job_id }) => String(job_id) === names.id) ?? fail(404, "There is no such job.");
    const { total: _, ...rows } = page("rows", job.rows, query);
    return { job: shown(job), ...rows };
  });
}

function took(list, test) {
  const at = list.findIndex(test);
  if (at < 0) return { state: "failed", detail: "It is not there any more." };
  list.splice(at, 1);
  return { state: "done", detail: null };
}

function fail(status, detail) {
  throw new Problem(status, detail);
}
