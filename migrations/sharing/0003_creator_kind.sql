-- An admin may offer access as well as an owner: who made a token is a kind and an id.
ALTER TABLE sharing_tokens ADD COLUMN creator_kind TEXT NOT NULL DEFAULT 'user';
