-- The lists of an admin: users by their age and by when they were seen, and the grants of a user in the order of all.
CREATE INDEX users_by_age ON users (created_at, id);
CREATE INDEX users_by_last_seen ON users (last_seen, id);
DROP INDEX grants_by_user;
CREATE INDEX grants_by_user ON grants (user_id, device_id, source);
