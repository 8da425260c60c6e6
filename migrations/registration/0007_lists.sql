-- The lists of an admin: for each order in which devices, keys and waiting devices can be listed, an index that begins with it.
-- controller_id has one already. That of the firmware serves the devices of one version by name, too.
CREATE INDEX devices_by_name ON devices (device_name, id);
CREATE INDEX devices_by_firmware ON devices (firmware_version, controller_id);
CREATE INDEX devices_by_last_seen ON devices (last_seen, id);
CREATE INDEX devices_by_age ON devices (created_at, id);
-- Those that are there and those that are not by name, few as they may be, and who has been away the longest.
CREATE INDEX devices_online ON devices (controller_id) WHERE online_until > 0;
CREATE INDEX devices_offline ON devices (controller_id) WHERE online_until = 0;
CREATE INDEX devices_offline_by_last_seen ON devices (last_seen, id) WHERE online_until = 0;
-- Whose heartbeats an earlier hub has heard: looked up at the start.
CREATE INDEX devices_beating ON devices (id) WHERE online_until > 0 AND online_until < 9223372036854775807;

CREATE INDEX enrolment_keys_by_age ON enrolment_keys (created_at, id);
CREATE INDEX enrolment_keys_by_name ON enrolment_keys (name, id);
CREATE INDEX pending_claims_by_age ON pending_claims (requested_at, id);
