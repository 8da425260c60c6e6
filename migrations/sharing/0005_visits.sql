-- A token may be a visit: access that ends at a given time, to files of some kinds only, and is taken back with its token.
ALTER TABLE sharing_tokens ADD COLUMN visit_ends_at BIGINT;  -- NULL: no visit
ALTER TABLE sharing_tokens ADD COLUMN file_kinds TEXT NOT NULL DEFAULT '';  -- a JSON array of names; empty: all
