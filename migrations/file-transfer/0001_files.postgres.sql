-- As 0001_files.sqlite.sql; identity columns and BYTEA are where the dialects must differ.
CREATE TABLE files (
  id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id     BIGINT NOT NULL,
  name          TEXT NOT NULL,
  kind          TEXT NOT NULL,     -- config, log, firmware, other
  size          BIGINT NOT NULL,
  sha256        TEXT NOT NULL,     -- hex; empty: not known before the content is whole
  state         TEXT NOT NULL,     -- uploading, complete
  blob          TEXT NOT NULL UNIQUE,
  creator_kind  TEXT NOT NULL,
  creator_id    BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  upload_until  BIGINT NOT NULL,  -- an upload that is not whole by then is forgotten
  completed_at  BIGINT NOT NULL,  -- 0: not yet
  announce      BIGINT NOT NULL  -- 0: nobody is to be told of it, 1: whom it concerns, 2: the device
);
CREATE INDEX files_by_device ON files (device_id, id);
CREATE INDEX files_to_announce ON files (announce, device_id);

-- Keys that sign URLs. The newest signs; older ones verify until their URLs have ended.
CREATE TABLE file_url_keys (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret     BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
