-- As 0005_release_keys.sqlite.sql; BYTEA is where the dialects must differ.
ALTER TABLE devices ADD COLUMN release_key_hash BYTEA;
ALTER TABLE devices ADD COLUMN release_until BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX devices_by_release_key ON devices (release_key_hash) WHERE release_key_hash IS NOT NULL;
UPDATE devices SET reenrol_until = 0 WHERE LENGTH(token_hash) > 0;
