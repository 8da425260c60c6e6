-- A user may hold several grants on a device, one from each source ("pairing", "sharing:17"); the best one counts.
CREATE TABLE grants_by_source (
  device_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  source     TEXT NOT NULL,
  level      TEXT NOT NULL,    -- owner, engineer, readonly
  name       TEXT NOT NULL,    -- what the source calls this user
  expires_at BIGINT NOT NULL,  -- the greatest integer: never
  created_at BIGINT NOT NULL,
  PRIMARY KEY (device_id, user_id, source)
);
INSERT INTO grants_by_source (device_id, user_id, source, level, name, expires_at, created_at)
  SELECT device_id, user_id, source, level, name, expires_at, created_at FROM grants;
DROP TABLE grants;
ALTER TABLE grants_by_source RENAME TO grants;
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_end ON grants (expires_at);
