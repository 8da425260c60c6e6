-- When and how often a grant holds. Access is judged by valid_from, expires_at and schedule. opens_at and closes_at are when
-- a schedule opens next and when what is open, or opens next, closes: by them the hub finds whom to tell.
ALTER TABLE grants ADD COLUMN valid_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN schedule TEXT NOT NULL DEFAULT '';  -- JSON; empty: at any time
ALTER TABLE grants ADD COLUMN max_uses BIGINT;                    -- NULL: any number
ALTER TABLE grants ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN opens_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN closes_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX grants_by_opening ON grants (opens_at) WHERE opens_at > 0;
CREATE INDEX grants_by_closing ON grants (closes_at) WHERE schedule <> '';
