-- Devices that belong together, and who has access to all of them. What a member has on each device is a grant whose source
-- is "site:<id>", kept in step by the batches that change a site.
CREATE TABLE sites (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE TABLE site_devices (
  site_id   INTEGER NOT NULL,
  device_id INTEGER NOT NULL,  -- the registration plugin's; never reused
  added_at  INTEGER NOT NULL,
  PRIMARY KEY (site_id, device_id)
);
CREATE INDEX site_devices_by_device ON site_devices (device_id);
CREATE TABLE site_members (
  site_id    INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  level      TEXT NOT NULL,     -- owner, engineer, readonly: of the site and of its devices
  name       TEXT NOT NULL,     -- what owners call this user
  expires_at INTEGER NOT NULL,  -- the greatest integer: never
  valid_from INTEGER NOT NULL,
  schedule   TEXT NOT NULL,     -- JSON; empty: at any time
  created_at INTEGER NOT NULL,
  PRIMARY KEY (site_id, user_id)
);
CREATE INDEX site_members_by_user ON site_members (user_id, site_id);
