-- What files take up is kept in rows, so that no write adds up the table. Of each file: what it is counted with, what of
-- that counts as announced by its creator, and until when that is kept for it although no byte comes.
ALTER TABLE files ADD COLUMN charged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN announced BIGINT NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN reserved_until BIGINT NOT NULL DEFAULT 0;
UPDATE files SET charged = size;
UPDATE files SET announced = size WHERE state = 'uploading';

-- "hub", "device:17": all files. "announced:user:17": uploads of that creator that are not whole.
CREATE TABLE file_totals (
  owner TEXT PRIMARY KEY,
  bytes BIGINT NOT NULL
);
INSERT INTO file_totals (owner, bytes) SELECT 'hub', CAST(SUM(size) AS BIGINT) FROM files HAVING COUNT(*) > 0;
INSERT INTO file_totals (owner, bytes)
  SELECT 'device:' || device_id, CAST(SUM(size) AS BIGINT) FROM files GROUP BY device_id;
INSERT INTO file_totals (owner, bytes)
  SELECT 'announced:' || creator_kind || ':' || creator_id, CAST(SUM(size) AS BIGINT) FROM files
  WHERE state = 'uploading' GROUP BY creator_kind, creator_id;
