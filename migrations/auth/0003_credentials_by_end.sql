-- Broker passwords that have ended long ago are deleted, the oldest first.
CREATE INDEX mqtt_credentials_by_end ON mqtt_credentials (expires_at);
