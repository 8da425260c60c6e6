-- An admin's release of known hardware is a key from now on: the hardware id alone lets nobody in. reenrol_until stays for
-- devices that were imported and have not registered yet; releases of before end here.
ALTER TABLE devices ADD COLUMN release_key_hash BLOB;  -- SHA-256; NULL: not released
ALTER TABLE devices ADD COLUMN release_until INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX devices_by_release_key ON devices (release_key_hash) WHERE release_key_hash IS NOT NULL;
UPDATE devices SET reenrol_until = 0 WHERE LENGTH(token_hash) > 0;
