-- On whose right a file is announced: whoever restored it last. Empty: its creator.
ALTER TABLE files ADD COLUMN announcer_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN announcer_id BIGINT NOT NULL DEFAULT 0;
