-- Commands sent through the hub. A row is written before its command is published: the log never misses one that moved
-- a gate.
CREATE TABLE commands (
  id              TEXT NOT NULL PRIMARY KEY,
  device_id       BIGINT NOT NULL,
  sender_kind     TEXT NOT NULL,
  sender_id       BIGINT NOT NULL,
  command         TEXT NOT NULL,    -- the JSON object as the sender gave it
  state           TEXT NOT NULL,    -- sent, unconfirmed, delivered, acknowledged, failed; "expired" follows from expires_at
  result          TEXT,             -- what the device said
  idempotency_key TEXT,
  issued_at       BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX commands_by_key ON commands (device_id, sender_kind, sender_id, idempotency_key);

-- The last status message of each device.
CREATE TABLE device_status (
  device_id  BIGINT NOT NULL PRIMARY KEY,
  status     TEXT NOT NULL,
  status_at  BIGINT NOT NULL,
  boot_nonce TEXT
);
