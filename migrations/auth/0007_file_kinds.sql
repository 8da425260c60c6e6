-- Of the files that a grant's level opens, only these kinds.
ALTER TABLE grants ADD COLUMN file_kinds TEXT NOT NULL DEFAULT '';  -- a JSON array of names; empty: all
