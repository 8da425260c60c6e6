-- Old entries are deleted, the oldest first. The index grows at its end only, as the table does.
CREATE INDEX gatetorio_audit_by_time ON gatetorio_audit (at);
