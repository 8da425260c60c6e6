// The frame of the fake API: routes, problem documents, roles, CSRF, lists with filter, sort, cursor and total.

export class Problem extends Error {
  constructor(status, detail, errors) {
    super(detail);
    Object.assign(this, { status, errors });
  }
}

export class Api {
  #routes = [];

  constructor(people, fleet) {
    this.people = people;
    this.fleet = fleet;
  }

  /** `path` with {names}. `access`: "anyone", "viewer" or "admin". The handler gives the body, or {status, body, headers}. */
  on(method, path, access, handler) {
    const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    this.#routes.push({ method, pattern, access, handler });
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://hub");
    try {
      const call = await this.#judge(request, url);
      const result = await call.route.handler({ ...call, response });
      if (result === undefined || response.headersSent) return;
      const { status = 200, body, headers = {} } = result.isReply ? result : { body: result };
      const text = typeof body === "string" ? body : body === null ? "" : JSON.stringify(body);
      response.writeHead(status, {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        ...headers,
      });
      response.end(text);
    } catch (error) {
      this.#refuse(response, error);
    }
  }

  async #judge(request, url) {
    const path = url.pathname.replace(/^\/api\/v1/, "");
    const found = this.#routes.filter(({ pattern }) => pattern.test(path));
    if (found.length === 0) throw new Problem(404, "There is no such path.");
    const route = found.find(({ method }) => method === request.method);
    if (!route) throw new Problem(405, "The path does not take this method.");
    const session = this.people.sessionOf(request);
    const isWrite = !["GET", "OPTIONS"].includes(request.method);
    if (route.access !== "anyone") {
      if (!session) throw new Problem(401, "Log in first.");
      if (isWrite && request.headers["x-csrf-token"] !== session.csrf_token)
        throw new Problem(403, "The CSRF token is missing or wrong.");
      if (route.access === "admin" && session.role !== "admin")
        throw new Problem(403, "This needs the role admin.");
    }
    const groups = route.pattern.exec(path).groups ?? {};
    const names = Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    const isCsv = (request.headers["content-type"] ?? "").startsWith("text/csv");
    const body = isCsv ? await readText(request) : isWrite ? await readJson(request) : {};
    return {
      route,
      request,
      session,
      names,
      body,
      query: Object.fromEntries(url.searchParams),
      peer: "127.0.0.1",
    };
  }

  #refuse(response, error) {
    const { status = 500, message, errors } = error;
    if (status === 500) console.error(error);
    response.writeHead(status, { "Content-Type": "application/problem+json" });
    response.end(JSON.stringify({ type: "about:blank", title: "Refused", status, detail: message, errors }));
  }
}

async function readText(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function readJson(request) {
  const text = await readText(request);
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, "The body is no JSON.");
  }
}

export const reply = (status, body = null, headers = {}) => ({ isReply: true, status, body, headers });

/** One page of `rows`. `sorts`: the fields one may sort by, the first is the default. */
export function page(name, rows, query, sorts = []) {
  const limit = Math.min(Math.max(Number(query.limit ?? 50), 1), 500);
  const sort = query.sort || sorts[0];
  const sorted = sort ? ordered(rows, sort, sorts) : rows;
  const from = query.cursor ? startOf(query.cursor, sort) : 0;
  const items = sorted.slice(from, from + limit);
  const end = from + items.length;
  const next_cursor = end < sorted.length ? Buffer.from(`${sort}:${end}`).toString("base64url") : null;
  return { [name]: items, next_cursor, total: rows.length };
}

function ordered(rows, sort, sorts) {
  const field = sort.replace(/^-/, "");
  if (!sorts.some((known) => known.replace(/^-/, "") === field)) {
    throw new Problem(422, "Some fields are wrong.", [
      { pointer: "/sort", detail: "no such field to sort by" },
    ]);
  }
  const way = sort.startsWith("-") ? -1 : 1;
  const value = (row) => row[field] ?? "";
  return [...rows].sort((a, b) => (value(a) < value(b) ? -way : value(a) > value(b) ? way : 0));
}

function startOf(cursor, sort) {
  const text = Buffer.from(cursor, "base64url").toString();
  const [of, at] = [text.slice(0, text.lastIndexOf(":")), Number(text.slice(text.lastIndexOf(":") + 1))];
  if (of !== String(sort) || !Number.isInteger(at)) {
    throw new Problem(422, "Some fields are wrong.", [
      { pointer: "/cursor", detail: "is none of this list" },
    ]);
  }
  return at;
}

/** Rows that have in each named field what the query says; a part of it, case ignored, where `isPart`. */
export function matching(rows, query, fields, isPart = false) {
  return rows.filter((row) =>
    fields.every((field) => {
      const wanted = query[field];
      if (!wanted) return true;
      const has = String(row[field] ?? "");
      return isPart ? has.toLowerCase().includes(wanted.toLowerCase()) : has === wanted;
    }),
  );
}

export function between(rows, query, field) {
  return rows.filter(
    (row) => (!query.from || row[field] >= query.from) && (!query.until || row[field] < query.until),
  );
}

export function openStream(response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(":\n\n");
  return (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}
