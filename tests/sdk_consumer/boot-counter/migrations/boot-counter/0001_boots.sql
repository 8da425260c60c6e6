CREATE TABLE boot_counter_boots (
  device_id BIGINT PRIMARY KEY,
  boots BIGINT NOT NULL
);
