-- Access that an owner offers. Rows are claimed once, by one guarded UPDATE.
CREATE TABLE sharing_tokens (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id         INTEGER NOT NULL,  -- the registration plugin's; never reused
  creator_id        INTEGER NOT NULL,  -- the user who shares
  secret_hash       BLOB NOT NULL UNIQUE,  -- SHA-256 of the token
  shown             TEXT NOT NULL,     -- the first characters of the token, to tell one from another
  access_level      TEXT NOT NULL,
  access_hours      INTEGER,           -- how long the access lasts from the claim on; NULL: no end
  notes             TEXT NOT NULL,
  created_at        INTEGER NOT NULL,
  expires_at        INTEGER NOT NULL,  -- of the token
  claimed_at        INTEGER,
  claimant_id       INTEGER,           -- the user who claimed it; 0: one that the hub had not seen, by its subject
  claimant_subject  BLOB,
  access_expires_at INTEGER,
  used_by           INTEGER,           -- who has the access; NULL: not given yet
  revoked_at        INTEGER,
  is_access_taken   INTEGER NOT NULL
);
CREATE INDEX sharing_tokens_by_device ON sharing_tokens (device_id, id);

-- Further secrets that open a token: a QR code that is drawn after a restart needs a new one.
CREATE TABLE sharing_secrets (
  secret_hash BLOB NOT NULL PRIMARY KEY,  -- SHA-256
  token_id    INTEGER NOT NULL
);
CREATE INDEX sharing_secrets_by_token ON sharing_secrets (token_id);
