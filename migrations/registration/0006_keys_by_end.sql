-- Enrolment keys that have ended long ago are deleted, the oldest first.
CREATE INDEX enrolment_keys_by_end ON enrolment_keys (expires_at);
