// The one way to the hub: adds the CSRF token, reads problem documents, and tells when the session is over.
import { t } from "../common_strings";
import type { FieldError, Problem } from "./types";

const kBase = "/api/v1";
const kSlowMs = 30_000;

/** A refused or failed request. `status` is 0 where no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly fields: FieldError[] = [],
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
    this.name = "ApiError";
  }

  /** What is wrong with a field of the body or the query, by its name; null: nothing. */
  fieldDetail(name: string): string | null {
    return this.fields.find((field) => field.pointer === `/${name}`)?.detail ?? null;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Asked {
  query?: Query;
  body?: unknown;
  /** Sent as it is, with its own type, in place of a body in JSON. */
  file?: Blob;
  ifMatch?: string | null;
  accept?: string;
  signal?: AbortSignal;
}

export interface Answer<T> {
  body: T;
  etag: string | null;
}

let csrfToken: string | null = null;
let whenSessionEnds: () => void = () => undefined;

/** The token that writes carry; null after the session has ended. */
export function setCsrfToken(token: string | null) {
  csrfToken = token;
}

/** Called when the hub says 401 to a request of a session. One listener. */
export function onSessionEnd(listener: () => void) {
  whenSessionEnds = listener;
}

/** For who learns by an answer of its own that there is no session any more. */
export function tellSessionEnd() {
  whenSessionEnds();
}

/** A path of segments that are names given by people and devices. */
export function path(strings: TemplateStringsArray, ...names: (string | number)[]): string {
  return strings.reduce(
    (whole, part, i) => whole + part + (i < names.length ? encodeURIComponent(names[i]!) : ""),
    "",
  );
}

export function withQuery(url: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${url}?${text}` : url;
}

/** Throws ApiError. The body of 204 is undefined. */
export async function ask<T>(method: string, url: string, asked: Asked = {}): Promise<Answer<T>> {
  const response = await send(method, url, asked);
  if (!response.ok) throw await failure(response, url);
  const type = response.headers.get("Content-Type") ?? "";
  const body =
    response.status === 204
      ? undefined
      : type.includes("json")
        ? await response.json()
        : await response.text();
  return { body: body as T, etag: response.headers.get("ETag") };
}

export async function get<T>(url: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await ask<T>("GET", url, { query, signal })).body;
}

export async function post<T>(url: string, body: unknown = {}): Promise<T> {
  return (await ask<T>("POST", url, { body })).body;
}

export async function patch<T>(url: string, body: unknown, ifMatch?: string | null): Promise<T> {
  return (await ask<T>("PATCH", url, { body, ifMatch })).body;
}

export async function put<T>(url: string, body: unknown): Promise<T> {
  return (await ask<T>("PUT", url, { body })).body;
}

export async function remove(url: string, query?: Query): Promise<void> {
  await ask("DELETE", url, { query });
}

async function send(method: string, url: string, asked: Asked): Promise<Response> {
  const headers: Record<string, string> = { Accept: asked.accept ?? "application/json" };
  if (asked.body !== undefined) headers["Content-Type"] = "application/json";
  if (asked.file) headers["Content-Type"] = asked.file.type;
  if (asked.ifMatch) headers["If-Match"] = asked.ifMatch;
  if (method !== "GET" && csrfToken) headers["X-CSRF-Token"] = csrfToken;
  const slow = AbortSignal.timeout(kSlowMs);
  try {
    return await fetch(withQuery(kBase + url, asked.query), {
      method,
      headers,
      body: asked.file ?? (asked.body === undefined ? null : JSON.stringify(asked.body)),
      credentials: "same-origin",
      cache: "no-store",
      signal: asked.signal ? firstOf(asked.signal, slow) : slow,
    });
  } catch (cause) {
    if (asked.signal?.aborted) throw cause;
    throw new ApiError(0, slow.aborted ? t.errors.slow : t.errors.unreachable);
  }
}

function firstOf(...signals: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    signal.addEventListener("abort", () => controller.abort(), { once: true });
  }
  return controller.signal;
}

async function failure(response: Response, url: string): Promise<ApiError> {
  let problem: Partial<Problem> = {};
  try {
    problem = (await response.json()) as Partial<Problem>;
  } catch {
    // A proxy in between answers with a page of its own; the status says enough.
  }
  const isLogin = url === "/admin/session" || url === "/admin/setup";
  if (response.status === 401 && !isLogin) whenSessionEnds();
  const wait = Number(response.headers.get("Retry-After"));
  return new ApiError(
    response.status,
    problem.detail || problem.title || t.errors.withoutWords(response.status),
    problem.errors ?? [],
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}
