-- The commands that failed, few among many, for the list of an admin.
CREATE INDEX commands_failed ON commands (issued_at, id) WHERE state = 'failed';
