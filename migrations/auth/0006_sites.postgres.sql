-- As 0006_sites.sqlite.sql; identity columns are where the dialects must differ.
CREATE TABLE sites (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE site_devices (
  site_id   BIGINT NOT NULL,
  device_id BIGINT NOT NULL,  -- the registration plugin's; never reused
  added_at  BIGINT NOT NULL,
  PRIMARY KEY (site_id, device_id)
);
CREATE INDEX site_devices_by_device ON site_devices (device_id);
CREATE TABLE site_members (
  site_id    BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  level      TEXT NOT NULL,     -- owner, engineer, readonly: of the site and of its devices
  name       TEXT NOT NULL,     -- what owners call this user
  expires_at BIGINT NOT NULL,  -- the greatest integer: never
  valid_from BIGINT NOT NULL,
  schedule   TEXT NOT NULL,     -- JSON; empty: at any time
  created_at BIGINT NOT NULL,
  PRIMARY KEY (site_id, user_id)
);
CREATE INDEX site_members_by_user ON site_members (user_id, site_id);
