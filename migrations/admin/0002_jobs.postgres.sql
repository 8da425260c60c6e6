-- As 0002_jobs.sqlite.sql.
CREATE TABLE admin_jobs (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,     -- running, done, cancelled
  admin_id   BIGINT NOT NULL,  -- who asked, and
  admin_name TEXT NOT NULL,
  role       TEXT NOT NULL,
  peer       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  done       BIGINT NOT NULL,
  failed     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL  -- until then one hub works on it
);
CREATE INDEX admin_jobs_by_time ON admin_jobs (created_at);

CREATE TABLE admin_job_rows (
  job_id BIGINT NOT NULL,
  number BIGINT NOT NULL,  -- from 1
  item   TEXT NOT NULL,
  state  TEXT NOT NULL,     -- waiting, done, failed
  detail TEXT NOT NULL,
  PRIMARY KEY (job_id, number)
);
CREATE INDEX admin_job_rows_waiting ON admin_job_rows (job_id, number) WHERE state = 'waiting';
