-- When and how often the access holds that a token gives.
ALTER TABLE sharing_tokens ADD COLUMN valid_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sharing_tokens ADD COLUMN schedule TEXT NOT NULL DEFAULT '';  -- JSON; empty: at any time
ALTER TABLE sharing_tokens ADD COLUMN max_uses BIGINT;                    -- NULL: any number
