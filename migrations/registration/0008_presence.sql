-- When each device was online, how that was known, and why it ended.
CREATE TABLE presence_periods (
  device_id BIGINT NOT NULL,
  begun_at  BIGINT NOT NULL,
  ended_at  BIGINT NOT NULL,  -- the greatest integer: it has not ended
  via       TEXT NOT NULL,    -- mqtt, heartbeat, status
  ended_by  TEXT NOT NULL,    -- closed, timeout, hub restarted, broker died ...; empty: it has not ended
  PRIMARY KEY (device_id, begun_at)
);
CREATE INDEX presence_periods_by_end ON presence_periods (ended_at);
CREATE INDEX presence_periods_open ON presence_periods (device_id) WHERE ended_at = 9223372036854775807;

-- When the hub was last known to live: what was open when it was killed has ended about then.
CREATE TABLE presence_clock (
  id       BIGINT NOT NULL PRIMARY KEY,
  alive_at BIGINT NOT NULL
);
INSERT INTO presence_clock (id, alive_at) VALUES (1, 0);
