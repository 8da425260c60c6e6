-- Several hubs share a database: which of them holds a device online, and which saw it so; empty: one of before this file.
ALTER TABLE devices ADD COLUMN online_hub TEXT NOT NULL DEFAULT '';
ALTER TABLE presence_periods ADD COLUMN hub TEXT NOT NULL DEFAULT '';

-- A hub asks for those that it holds itself.
DROP INDEX devices_connected;
CREATE INDEX devices_connected ON devices (online_hub, id) WHERE online_until = 9223372036854775807;
DROP INDEX devices_beating;
CREATE INDEX devices_beating ON devices (online_hub, id) WHERE online_until > 0 AND online_until < 9223372036854775807;
DROP INDEX presence_periods_open;
CREATE INDEX presence_periods_open ON presence_periods (hub, device_id) WHERE ended_at = 9223372036854775807;

-- When each hub was last known to live.
CREATE TABLE presence_hubs (
  hub      TEXT NOT NULL PRIMARY KEY,
  alive_at BIGINT NOT NULL
);
INSERT INTO presence_hubs (hub, alive_at) SELECT '', alive_at FROM presence_clock;
DROP TABLE presence_clock;
ALTER TABLE presence_hubs RENAME TO presence_clock;
