-- As 0001_admins.sqlite.sql; identity columns and BYTEA are where the dialects must differ.
CREATE TABLE admins (
  id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          TEXT NOT NULL,
  name_key      TEXT NOT NULL UNIQUE,  -- the name in lower case: "Anna" and "anna" are one
  role          TEXT NOT NULL,         -- admin, viewer
  password_hash TEXT NOT NULL,         -- Argon2id, as libsodium writes it
  totp_secret   BYTEA,                  -- NULL: no second factor
  totp_step     BIGINT NOT NULL,      -- of the last code that was used: none is taken twice
  created_at    BIGINT NOT NULL,
  last_login_at BIGINT NOT NULL       -- 0: never
);

-- Each opens the account once where the second factor is lost.
CREATE TABLE admin_recovery_codes (
  admin_id  BIGINT NOT NULL,
  code_hash BYTEA NOT NULL,  -- SHA-256
  PRIMARY KEY (admin_id, code_hash)
);

CREATE TABLE admin_sessions (
  id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash  BYTEA NOT NULL UNIQUE,  -- SHA-256 of what the cookie holds
  admin_id     BIGINT NOT NULL,
  peer         TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX admin_sessions_by_admin ON admin_sessions (admin_id);
CREATE INDEX admin_sessions_by_end ON admin_sessions (expires_at);

-- Credentials of programs.
CREATE TABLE admin_tokens (
  id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash  BYTEA NOT NULL UNIQUE,  -- SHA-256 of the random part
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  created_by   TEXT NOT NULL,         -- name of the admin
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,      -- the greatest integer: never
  last_used_at BIGINT NOT NULL       -- 0: never
);
CREATE INDEX admin_tokens_by_end ON admin_tokens (expires_at);

-- One-time links: to make the first admin, or to give one a new password.
CREATE TABLE admin_links (
  secret_hash BYTEA NOT NULL PRIMARY KEY,  -- SHA-256
  admin_id    BIGINT NOT NULL,           -- 0: makes a new admin
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  used_at     BIGINT NOT NULL            -- 0: not yet
);
CREATE INDEX admin_links_by_end ON admin_links (expires_at);
