-- At its start the hub asks who was connected when it ended; without this it would read all devices.
CREATE INDEX devices_connected ON devices (id) WHERE online_until = 9223372036854775807;
