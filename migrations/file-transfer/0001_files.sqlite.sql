-- Files that a device keeps with the hub. Their content is a blob under a random name.
CREATE TABLE files (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id     INTEGER NOT NULL,
  name          TEXT NOT NULL,
  kind          TEXT NOT NULL,     -- config, log, firmware, other
  size          INTEGER NOT NULL,
  sha256        TEXT NOT NULL,     -- hex; empty: not known before the content is whole
  state         TEXT NOT NULL,     -- uploading, complete
  blob          TEXT NOT NULL UNIQUE,
  creator_kind  TEXT NOT NULL,
  creator_id    INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  upload_until  INTEGER NOT NULL,  -- an upload that is not whole by then is forgotten
  completed_at  INTEGER NOT NULL,  -- 0: not yet
  announce      INTEGER NOT NULL  -- 0: nobody is to be told of it, 1: whom it concerns, 2: the device
);
CREATE INDEX files_by_device ON files (device_id, id);
CREATE INDEX files_to_announce ON files (announce, device_id);

-- Keys that sign URLs. The newest signs; older ones verify until their URLs have ended.
CREATE TABLE file_url_keys (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  secret     BLOB NOT NULL,
  created_at INTEGER NOT NULL
);
