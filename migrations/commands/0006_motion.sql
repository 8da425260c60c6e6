-- What a command means for the gate, and the way of its motion: each time is null until it has come to that.
ALTER TABLE commands ADD COLUMN verb TEXT NOT NULL DEFAULT 'other';
ALTER TABLE commands ADD COLUMN gate BIGINT NOT NULL DEFAULT 1;
ALTER TABLE commands ADD COLUMN merged_into TEXT;  -- of a second wish for a motion that was on its way: that command
CREATE INDEX commands_merged ON commands (merged_into) WHERE merged_into IS NOT NULL;
-- Who moved a gate is a person: what the sender was called then stays, also when the admin or the grant is gone.
ALTER TABLE commands ADD COLUMN sender_name TEXT NOT NULL DEFAULT '';
ALTER TABLE commands ADD COLUMN via TEXT NOT NULL DEFAULT '';  -- "app", "mqtt", "admin"; empty: not noted
ALTER TABLE commands ADD COLUMN delivered_at BIGINT;
ALTER TABLE commands ADD COLUMN answered_at BIGINT;
ALTER TABLE commands ADD COLUMN moving_at BIGINT;
ALTER TABLE commands ADD COLUMN ended_at BIGINT;

-- The last motion of each gate of a device. While it is outstanding an equal one is not sent.
CREATE TABLE motions (
  device_id        BIGINT NOT NULL,
  gate             BIGINT NOT NULL,
  command_id       TEXT NOT NULL,
  verb             TEXT NOT NULL,
  place            TEXT NOT NULL,    -- of "partial": which
  sender_kind      TEXT NOT NULL,
  sender_id        BIGINT NOT NULL,
  outstanding_till BIGINT NOT NULL,
  PRIMARY KEY (device_id, gate)
);

-- Grows with each status of a device.
ALTER TABLE device_status ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
