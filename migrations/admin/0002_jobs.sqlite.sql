-- Work on many things at once: one operation for each row, as the admin who asked for it.
CREATE TABLE admin_jobs (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,     -- running, done, cancelled
  admin_id   INTEGER NOT NULL,  -- who asked, and
  admin_name TEXT NOT NULL,
  role       TEXT NOT NULL,
  peer       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  total      INTEGER NOT NULL,
  done       INTEGER NOT NULL,
  failed     INTEGER NOT NULL,
  lease_until INTEGER NOT NULL  -- until then one hub works on it
);
CREATE INDEX admin_jobs_by_time ON admin_jobs (created_at);

CREATE TABLE admin_job_rows (
  job_id INTEGER NOT NULL,
  number INTEGER NOT NULL,  -- from 1
  item   TEXT NOT NULL,
  state  TEXT NOT NULL,     -- waiting, done, failed
  detail TEXT NOT NULL,
  PRIMARY KEY (job_id, number)
);
CREATE INDEX admin_job_rows_waiting ON admin_job_rows (job_id, number) WHERE state = 'waiting';
