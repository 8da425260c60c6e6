-- Hardware that was taken over from another hub, once and for all: one that was deleted here does not come back.
CREATE TABLE imported_devices (
  hardware_id TEXT NOT NULL PRIMARY KEY,
  imported_at BIGINT NOT NULL
);
