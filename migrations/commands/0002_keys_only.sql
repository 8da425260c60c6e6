-- Most commands carry no key, and need no entry in the index of keys: one page less to write for each.
DROP INDEX commands_by_key;
CREATE UNIQUE INDEX commands_by_key ON commands (device_id, sender_kind, sender_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
