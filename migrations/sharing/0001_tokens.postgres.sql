-- As 0001_tokens.sqlite.sql; identity columns and BYTEA are where the dialects must differ.
CREATE TABLE sharing_tokens (
  id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id         BIGINT NOT NULL,  -- the registration plugin's; never reused
  creator_id        BIGINT NOT NULL,  -- the user who shares
  secret_hash       BYTEA NOT NULL UNIQUE,  -- SHA-256 of the token
  shown             TEXT NOT NULL,     -- the first characters of the token, to tell one from another
  access_level      TEXT NOT NULL,
  access_hours      BIGINT,           -- how long the access lasts from the claim on; NULL: no end
  notes             TEXT NOT NULL,
  created_at        BIGINT NOT NULL,
  expires_at        BIGINT NOT NULL,  -- of the token
  claimed_at        BIGINT,
  claimant_id       BIGINT,           -- the user who claimed it; 0: one that the hub had not seen, by its subject
  claimant_subject  BYTEA,
  access_expires_at BIGINT,
  used_by           BIGINT,           -- who has the access; NULL: not given yet
  revoked_at        BIGINT,
  is_access_taken   BIGINT NOT NULL
);
CREATE INDEX sharing_tokens_by_device ON sharing_tokens (device_id, id);

-- Further secrets that open a token: a QR code that is drawn after a restart needs a new one.
CREATE TABLE sharing_secrets (
  secret_hash BYTEA NOT NULL PRIMARY KEY,  -- SHA-256
  token_id    BIGINT NOT NULL
);
CREATE INDEX sharing_secrets_by_token ON sharing_secrets (token_id);
