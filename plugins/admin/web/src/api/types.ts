// Names for what the operations of the hub give, by the hub's own description (generated.ts). By hand is only what
// that description leaves open. Times are RFC 3339 in UTC.
import type { operations } from "./generated";

type Id = keyof operations;

/** The JSON of an answer of success. */
type Answer<Operation extends Id> = {
  [Status in keyof operations[Operation]["responses"]]: operations[Operation]["responses"][Status] extends {
    content: { "application/json": infer Body };
  }
    ? Body
    : never;
}[keyof operations[Operation]["responses"]];

type Item<
  Operation extends Id,
  List extends keyof Answer<Operation>,
> = Answer<Operation>[List] extends (infer One)[] ? One : never;

/** With fields of which the page knows more than the description says. */
type Known<Given, More> = Omit<Given, keyof More> & More;

export type Role = Answer<"admin.session">["role"];

/** What every list answers beside its items. `total` counts all that match the filters. */
export interface ListEnd {
  next_cursor: string | null;
  total?: number | null;
}

export interface FieldError {
  pointer: string;
  detail: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
}

export type Session = Answer<"admin.session">;
export type NewSession = Answer<"admin.login">;
export type SessionEntry = Known<Item<"admin.sessions", "sessions">, { role: Role }>;
export type ApiToken = Known<Item<"admin.tokens", "tokens">, { role: Role }>;
export type NewApiToken = Answer<"admin.create-token">;
export type AdminEntry = Known<Item<"admin.admins", "admins">, { role: Role }>;
export type TotpSecret = Answer<"admin.begin-totp">;

export type Overview = Known<
  Answer<"admin.overview">,
  { facts: Record<string, boolean>; plugins: Record<string, string>; metrics: Record<string, number> }
>;

export type AuditEntry = Item<"admin.audit", "entries">;
export type PluginEntry = Item<"admin.plugins", "plugins">;
export type Configured = PluginEntry["configuration"][number];

export type JobKind =
  | "approve-devices"
  | "deny-devices"
  | "delete-devices"
  | "release-devices"
  | "delete-files"
  | "delete-users"
  | "delete-enrolment-keys"
  | "revoke-sharing-tokens";

export type Job = Known<
  Item<"admin.jobs", "jobs">,
  { kind: JobKind; state: "running" | "done" | "cancelled" }
>;
export type NewJob = Answer<"admin.create-job">;
export type JobRow = Known<Item<"admin.job", "rows">, { state: "waiting" | "done" | "failed" }>;
export interface JobPage {
  job: Job;
  rows: JobRow[];
  next_cursor: string | null;
}

export type MenuEntry = Item<"admin.menu", "entries">;

export type Device = Answer<"registration.get">;
export type DeviceEntry = Item<"registration.devices", "devices">;
export type DeviceStatus = Answer<"commands.status">;
export type PresenceSession = Item<"registration.presence", "sessions">;

export type GateRules = Answer<"commands.rules">;
export type GateHold = NonNullable<GateRules["lockdown"]>;

export type AccessLevel = "owner" | "engineer" | "readonly";

export type UserEntry = Item<"auth.all-users", "users">;
export type Grant = Known<Item<"auth.all-grants", "grants">, { access_level: AccessLevel }>;

export type Site = Item<"auth.sites", "sites">;
export type SiteDevice = Item<"auth.site-devices", "devices">;
export type SiteMember = Item<"auth.site-users", "users">;

export type FileEntry = Item<"file-transfer.all-files", "files">;
export type FileDetails = Answer<"file-transfer.get">;
export type FileDiff = Answer<"file-transfer.diff">;

export type CommandState =
  | "sent"
  | "delivered"
  | "acknowledged"
  | "moving"
  | "completed"
  | "reversed"
  | "merged"
  | "failed"
  | "expired";
export type CommandEntry = Known<Item<"commands.list", "commands">, { state: CommandState }>;
export type SentCommand = Answer<"commands.send-as-admin">;

export type EnrolmentKey = Item<"registration.keys", "keys">;
export type NewEnrolmentKey = Answer<"registration.make-key">;
/** By hand: the description does not say what may be null. In a dry run the keys are. */
export interface FleetCheck {
  dry_run: boolean;
  expires_at: string;
  devices: {
    line: number;
    hardware_id: string;
    controller_id: string | null;
    device_name: string;
    replaces_key: boolean;
    enrolment_key: string | null;
  }[];
}
export type ReleaseKey = Answer<"registration.release">;
export type PendingDevice = Item<"registration.pending", "pending">;

/** The events of `/admin/events`. */
export interface PresenceEvent {
  device_id: number;
  controller_id?: string;
  is_online: boolean;
  at: string;
}

export interface CommandEvent {
  device_id: number;
  command_id: string;
  state: CommandState;
  at: string;
}
