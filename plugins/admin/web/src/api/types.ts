// What the operations of the hub give and take, as the page uses it. Written by hand from the description of the
// API; `npm run types` generates the same from a hub's /openapi.json. Times are RFC 3339 in UTC.

export type Role = "admin" | "viewer";

/** What every list answers beside its items. `total` counts all that match the filters. */
export interface ListEnd {
  next_cursor: string | null;
  total?: number;
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

export interface NewSession {
  name: string;
  role: Role;
  csrf_token: string;
  expires_at: string;
}

export interface Session extends NewSession {
  totp_enabled: boolean;
}

export interface SessionEntry {
  session_id: string | number;
  name: string;
  role: Role;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  peer: string;
  is_current: boolean;
}

export interface ApiToken {
  token_id: string | number;
  name: string;
  role: Role;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

export interface NewApiToken {
  token_id: string | number;
  token: string;
  name: string;
  role: Role;
  expires_at: string | null;
}

export interface AdminEntry {
  name: string;
  role: Role;
  created_at: string;
  last_login_at: string | null;
  totp_enabled: boolean;
}

export interface TotpSecret {
  secret: string;
  uri: string;
}

export interface Overview {
  version: string;
  started_at: string;
  status: string;
  ready: boolean;
  /** Not said by every hub; see useDeviceCounts. */
  devices?: { total: number; online: number };
  facts: Record<string, boolean>;
  plugins: Record<string, string>;
  metrics: Record<string, number>;
}

export interface AuditEntry {
  id: number | string;
  at: string;
  who: string;
  /** An admin's name; empty for others. */
  who_name?: string;
  action: string;
  target: string;
  peer: string;
  outcome: string;
  detail: string | null;
  request_id: string | null;
}

export interface Configured {
  name: string;
  value: unknown;
  source: string;
  is_default: boolean;
  is_secret: boolean;
  help: string;
}

export interface PluginEntry {
  id: string;
  version: string;
  summary: string;
  state: string;
  enabled: boolean;
  provides: string[];
  requires: string[];
  configuration: Configured[];
}

export type JobKind =
  | "approve-devices"
  | "deny-devices"
  | "delete-devices"
  | "delete-users"
  | "delete-enrolment-keys"
  | "revoke-sharing-tokens";

export interface Job {
  job_id: string | number;
  kind: JobKind;
  state: "running" | "done" | "cancelled";
  created_at: string;
  created_by: string;
  total: number;
  done: number;
  failed: number;
}

export interface JobRow {
  number: number;
  item: string | number;
  state: "waiting" | "done" | "failed";
  detail: string | null;
}

export interface JobPage {
  job: Job;
  rows: JobRow[];
  next_cursor: string | null;
}

export interface MenuEntry {
  title: string;
  path: string;
  plugin: string;
}

export interface DeviceEntry {
  id: number;
  controller_id: string;
  hardware_id: string;
  device_name: string;
  firmware_version: string;
  is_online: boolean;
  last_seen: string | null;
  created_at: string;
}

/** `GET /devices/{controller_id}`: the entry of the list, without promise of every field. */
export type Device = Pick<DeviceEntry, "id" | "controller_id" | "device_name" | "is_online"> &
  Partial<DeviceEntry>;

export interface DeviceStatus {
  controller_id: string;
  is_online: boolean;
  last_seen: string | null;
  firmware_version: string;
  status: Record<string, unknown> | null;
  status_at: string | null;
}

export interface PresenceSession {
  from: string;
  until: string | null;
  via: string;
  ended_by: string | null;
}

export type AccessLevel = "owner" | "engineer" | "readonly";

export interface UserEntry {
  user_id: number;
  names: string[];
  devices: number;
  created_at: string;
  last_seen: string | null;
}

export interface Grant {
  device_id: number;
  controller_id: string | null;
  user_id: number;
  name: string | null;
  access_level: AccessLevel;
  source: string;
  expires_at: string | null;
  created_at: string;
}

export interface SharingToken {
  token_id: number;
  token: string;
  device_id: number;
  controller_id: string | null;
  created_by: string | number;
  access_level: AccessLevel;
  is_used: boolean;
  used_by: string | number | null;
  expires_at: string;
  created_at: string;
  notes: string;
  revoked: boolean;
}

export interface FileEntry {
  file_id: number;
  device_id: number;
  controller_id: string | null;
  name: string;
  kind: string;
  size: number;
  sha256: string | null;
  state: string;
  created_at: string;
  created_by: string;
}

export interface FileDetails extends Omit<FileEntry, "device_id" | "controller_id"> {
  download_url: string | null;
  upload_url: string | null;
  expires_at: string;
}

export interface FileDiff {
  from: number;
  to: number;
  is_same: boolean;
  diff: string;
}

export type CommandState = "sent" | "delivered" | "acknowledged" | "failed" | "expired";

export interface CommandEntry {
  command_id: string;
  device_id: number;
  controller_id: string | null;
  sender: string;
  command: Record<string, unknown>;
  state: CommandState;
  sent_at: string;
  updated_at: string;
  result: Record<string, unknown> | null;
}

export interface SentCommand {
  success: boolean;
  message: string;
  command_id: string;
  expires_at: string;
}

export interface EnrolmentKey {
  key_id: number | string;
  name: string;
  max_uses: number | null;
  uses: number;
  expires_at: string | null;
  created_at: string;
}

export interface NewEnrolmentKey {
  key_id: number | string;
  enrolment_key: string;
  expires_at: string | null;
}

export interface ReleaseKey {
  enrolment_key: string;
  expires_at: string;
}

export interface PendingDevice {
  pending_id: number;
  hardware_id: string;
  controller_id: string;
  device_name: string;
  peer: string;
  requested_at: string;
  expires_at: string;
  pending_for_hardware: number;
}

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
