-- As 0001_users.sqlite.sql; identity columns and BYTEA are where the dialects must differ.
CREATE TABLE users (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,  -- SHA-256
  created_at BIGINT NOT NULL,
  last_seen  BIGINT NOT NULL
);

-- Who may do what to which device. device_id is the registration plugin's; ids are never reused, so a grant on a deleted
-- device opens nothing.
CREATE TABLE grants (
  device_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  level      TEXT NOT NULL,     -- owner, engineer, readonly
  name       TEXT NOT NULL,     -- what the device calls this user
  expires_at BIGINT NOT NULL,  -- the greatest integer: never
  source     TEXT NOT NULL,     -- "pairing"
  created_at BIGINT NOT NULL,
  PRIMARY KEY (device_id, user_id)
);
CREATE INDEX grants_by_user ON grants (user_id);

-- A user may have a few at a time: one an app.
CREATE TABLE mqtt_credentials (
  user_id       BIGINT NOT NULL,
  password_hash BYTEA NOT NULL,  -- SHA-256
  expires_at    BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  PRIMARY KEY (user_id, password_hash)
);
