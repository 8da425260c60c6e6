-- The lists of an admin: the newest commands of the hub, and of a device.
CREATE INDEX commands_by_age ON commands (issued_at, id);
CREATE INDEX commands_by_device ON commands (device_id, issued_at, id);
