-- Tokens that have ended long ago are deleted, the oldest first.
CREATE INDEX sharing_tokens_by_end ON sharing_tokens (expires_at);
