-- People's apps. An app makes its own token; the hub keeps the hash.
CREATE TABLE users (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,  -- SHA-256
  created_at INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL
);

-- Who may do what to which device. device_id is the registration plugin's; ids are never reused, so a grant on a deleted
-- device opens nothing.
CREATE TABLE grants (
  device_id  INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  level      TEXT NOT NULL,     -- owner, engineer, readonly
  name       TEXT NOT NULL,     -- what the device calls this user
  expires_at INTEGER NOT NULL,  -- the greatest integer: never
  source     TEXT NOT NULL,     -- "pairing"
  created_at INTEGER NOT NULL,
  PRIMARY KEY (device_id, user_id)
);
CREATE INDEX grants_by_user ON grants (user_id);

-- A user may have a few at a time: one an app.
CREATE TABLE mqtt_credentials (
  user_id       INTEGER NOT NULL,
  password_hash BLOB NOT NULL,  -- SHA-256
  expires_at    INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  PRIMARY KEY (user_id, password_hash)
);
