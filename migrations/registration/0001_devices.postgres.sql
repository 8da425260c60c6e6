-- As 0001_devices.sqlite.sql; identity columns and BYTEA are where the dialects must differ.
CREATE TABLE devices (
  id                 BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hardware_id        TEXT NOT NULL UNIQUE,
  controller_id      TEXT NOT NULL UNIQUE,
  device_name        TEXT NOT NULL,
  firmware_version   TEXT NOT NULL,
  token_hash         BYTEA NOT NULL,
  mqtt_password_hash BYTEA NOT NULL,
  reenrol_until      BIGINT NOT NULL,
  online_until       BIGINT NOT NULL,
  last_seen          BIGINT NOT NULL,
  created_at         BIGINT NOT NULL,
  updated_at         BIGINT NOT NULL
);

CREATE TABLE enrolment_keys (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_hash   BYTEA NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  max_uses   BIGINT NOT NULL,
  uses       BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE pending_enrolments (
  hardware_id   TEXT NOT NULL PRIMARY KEY,
  controller_id TEXT NOT NULL,
  device_name   TEXT NOT NULL,
  peer          TEXT NOT NULL,
  requested_at  BIGINT NOT NULL,
  is_approved   BIGINT NOT NULL
);
