-- Gate controllers. AUTOINCREMENT: an id is never given twice, so what other plugins keep by it cannot reach another device.
CREATE TABLE devices (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  hardware_id        TEXT NOT NULL UNIQUE,
  controller_id      TEXT NOT NULL UNIQUE,
  device_name        TEXT NOT NULL,
  firmware_version   TEXT NOT NULL,
  token_hash         BLOB NOT NULL,     -- SHA-256 of the random part of the device token
  mqtt_password_hash BLOB NOT NULL,     -- SHA-256
  reenrol_until      INTEGER NOT NULL,  -- until then the next registration of this hardware gets new credentials
  online_until       INTEGER NOT NULL,  -- in the future: online; the greatest integer while connected
  last_seen          INTEGER NOT NULL,
  created_at         INTEGER NOT NULL,
  updated_at         INTEGER NOT NULL
);

CREATE TABLE enrolment_keys (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  key_hash   BLOB NOT NULL UNIQUE,  -- SHA-256
  name       TEXT NOT NULL,
  max_uses   INTEGER NOT NULL,
  uses       INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);

-- Devices that asked under the policy "approval" and wait for an admin.
CREATE TABLE pending_enrolments (
  hardware_id   TEXT NOT NULL PRIMARY KEY,
  controller_id TEXT NOT NULL,
  device_name   TEXT NOT NULL,
  peer          TEXT NOT NULL,
  requested_at  INTEGER NOT NULL,
  is_approved   INTEGER NOT NULL
);
