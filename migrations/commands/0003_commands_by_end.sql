-- Commands that have ended long ago are deleted, the oldest first.
CREATE INDEX commands_by_end ON commands (expires_at);
