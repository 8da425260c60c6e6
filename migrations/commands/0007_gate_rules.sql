-- What owners allow at their gates. The version grows with each change of the policy or of a hold: a command is written
-- only if the rules by which it was judged hold still.
CREATE TABLE gate_rules (
  device_id BIGINT NOT NULL PRIMARY KEY,
  version   BIGINT NOT NULL,
  policy    TEXT NOT NULL     -- JSON
);

-- Times in which a gate is not moved (lockdown) or not closed (hold_open).
CREATE TABLE gate_holds (
  device_id   BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  until       BIGINT NOT NULL,
  reason      TEXT NOT NULL,
  set_by      TEXT NOT NULL,  -- "user:17"
  set_by_name TEXT NOT NULL,
  set_at      BIGINT NOT NULL,
  PRIMARY KEY (device_id, kind)
);
