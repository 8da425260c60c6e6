import type { AccessLevel, Terms } from "@gatetorio/admin-kit";

/** An entry of `GET /admin/sharing-tokens`. */
export interface SharingToken extends Terms {
  token_id: number;
  /** Its first characters. */
  token: string;
  device_id: number;
  /** Null where the device has been deleted. */
  controller_id: string | null;
  created_by: string;
  access_level: AccessLevel;
  is_used: boolean;
  used_by: number | null;
  expires_at: string;
  created_at: string;
  notes: string;
  revoked: boolean;
}

/** What `POST /admin/devices/{controller_id}/sharing-tokens` answers, this once. */
export interface NewSharingToken {
  token: string;
  token_id: number;
  share_url: string;
  expires_at: string;
  controller_id: string;
}
