-- An enrolment key may be for one device alone, which an admin has named before it came. NULL: for any.
ALTER TABLE enrolment_keys ADD COLUMN hardware_id TEXT;
ALTER TABLE enrolment_keys ADD COLUMN controller_id TEXT;
ALTER TABLE enrolment_keys ADD COLUMN device_name TEXT NOT NULL DEFAULT '';  -- of a device that tells none
-- One key for each, whoever imports at the same time; any number with NULL.
CREATE UNIQUE INDEX enrolment_keys_by_hardware ON enrolment_keys (hardware_id);
CREATE UNIQUE INDEX enrolment_keys_by_controller ON enrolment_keys (controller_id);
