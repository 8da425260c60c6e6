-- Devices that asked under the policy "approval". A row belongs to whoever holds its claim: a hardware id is printed on the box,
-- so anybody may ask with it, and each who asks gets a row of its own. Rows of before have no claim: their devices ask again.
DROP TABLE pending_enrolments;
CREATE TABLE pending_claims (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  claim_hash    BLOB NOT NULL UNIQUE,  -- SHA-256 of the claim_token
  hardware_id   TEXT NOT NULL,
  controller_id TEXT NOT NULL,
  device_name   TEXT NOT NULL,
  peer          TEXT NOT NULL,
  network       TEXT NOT NULL,         -- that the peer is counted with
  requested_at  INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  is_approved   INTEGER NOT NULL
);
CREATE INDEX pending_claims_by_hardware ON pending_claims (hardware_id);
CREATE INDEX pending_claims_by_network ON pending_claims (network);
CREATE INDEX pending_claims_by_end ON pending_claims (expires_at);
