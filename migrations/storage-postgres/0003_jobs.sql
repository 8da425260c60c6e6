-- Work that must be done: gatetorio/jobs.hpp. A row is put in by the batch that makes it needed, and goes when it is done.
CREATE TABLE gatetorio_jobs (
  plugin TEXT NOT NULL,       -- whose handler does it
  kind TEXT NOT NULL,
  key TEXT NOT NULL CHECK (LENGTH(key) <= 256),
  payload TEXT NOT NULL CHECK (LENGTH(payload) <= 65536),
  version BIGINT NOT NULL,    -- one more each time that it is put in
  due_at BIGINT NOT NULL,     -- not before; the greatest integer: given up
  set_at BIGINT NOT NULL,     -- when due_at was written
  attempts BIGINT NOT NULL,   -- since it was put in
  owner TEXT NOT NULL,        -- the process that does it now; empty: nobody
  lease BIGINT NOT NULL,      -- changes again and again while its owner lives
  error TEXT NOT NULL,        -- of the last attempt
  failed_at BIGINT,           -- NULL: not given up
  PRIMARY KEY (plugin, kind, key)
);
CREATE INDEX gatetorio_jobs_by_time ON gatetorio_jobs (plugin, kind, due_at);
CREATE INDEX gatetorio_jobs_failed ON gatetorio_jobs (failed_at) WHERE failed_at IS NOT NULL;
