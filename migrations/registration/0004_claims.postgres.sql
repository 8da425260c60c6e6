-- As 0004_claims.sqlite.sql; the identity column and BYTEA are where the dialects must differ.
DROP TABLE pending_enrolments;
CREATE TABLE pending_claims (
  id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  claim_hash    BYTEA NOT NULL UNIQUE,
  hardware_id   TEXT NOT NULL,
  controller_id TEXT NOT NULL,
  device_name   TEXT NOT NULL,
  peer          TEXT NOT NULL,
  network       TEXT NOT NULL,
  requested_at  BIGINT NOT NULL,
  expires_at    BIGINT NOT NULL,
  is_approved   BIGINT NOT NULL
);
CREATE INDEX pending_claims_by_hardware ON pending_claims (hardware_id);
CREATE INDEX pending_claims_by_network ON pending_claims (network);
CREATE INDEX pending_claims_by_end ON pending_claims (expires_at);
