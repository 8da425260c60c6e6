-- Rows that give somebody a secret: whoever made the job has it, the hub its hash.
ALTER TABLE admin_job_rows ADD COLUMN secret_hash TEXT NOT NULL DEFAULT '';  -- SHA-256 in hexadecimal digits; empty: no secret
