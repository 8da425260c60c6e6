-- The lists of an admin: files of all devices by each order, and those of a kind or state by their age.
CREATE INDEX files_by_age ON files (created_at, id);
CREATE INDEX files_by_name ON files (name, id);
CREATE INDEX files_by_size ON files (size, id);
CREATE INDEX files_by_kind ON files (kind, created_at, id);
CREATE INDEX files_by_state ON files (state, created_at, id);
