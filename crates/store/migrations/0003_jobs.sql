-- Work that outlives the process it was asked of: jobs, the schedules they come from, the times in which nothing may change, and the
-- duties that one node at a time does.

CREATE TABLE jobs (
    id            TEXT    NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN
                  ('sync', 'run-policy', 'plan-policy', 'plan-selection', 'apply', 'resume', 'undo')),
    payload       TEXT    NOT NULL,
    site          TEXT,
    policy        TEXT,
    tick          BIGINT,
    writes        BOOLEAN NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'skipped')),
    due_at        BIGINT  NOT NULL,
    attempts      BIGINT  NOT NULL,
    asked_by      TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    is_local      BOOLEAN NOT NULL,
    is_frozen     BOOLEAN NOT NULL,
    cancel_wanted BOOLEAN NOT NULL,
    lease_owner   TEXT,
    lease_epoch   BIGINT  NOT NULL,
    lease_until   BIGINT,
    created_at    BIGINT  NOT NULL,
    started_at    BIGINT,
    finished_at   BIGINT,
    result        TEXT,
    error_code    TEXT,
    error_message TEXT,
    note          TEXT
);
-- An occurrence of a schedule is taken once, however often the clock shows it.
CREATE UNIQUE INDEX jobs_once_per_tick ON jobs (policy, site, tick) WHERE tick IS NOT NULL;
-- A policy waits or runs at most once at a site, and one job at a time may write there.
CREATE UNIQUE INDEX jobs_under_way ON jobs (policy, site) WHERE kind = 'run-policy' AND state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_writing ON jobs (site) WHERE writes AND state = 'running';
CREATE INDEX jobs_open ON jobs (due_at, id) WHERE state IN ('queued', 'running');

-- A run and a plan know the job that made them, so that whoever takes over the job finds them.
ALTER TABLE runs ADD COLUMN job TEXT;
ALTER TABLE runs ADD COLUMN during_freeze BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE plans ADD COLUMN job TEXT;
CREATE INDEX runs_by_job ON runs (job) WHERE job IS NOT NULL;
CREATE INDEX plans_by_job ON plans (job) WHERE job IS NOT NULL;

-- When a policy is due next. Whoever takes it counts the revision up; of two who try, one finds it changed.
CREATE TABLE schedules (
    policy     TEXT    NOT NULL PRIMARY KEY,
    version    TEXT    NOT NULL,
    is_settled BOOLEAN NOT NULL,
    next_at    BIGINT,
    last_at    BIGINT,
    is_paused  BOOLEAN NOT NULL,
    revision   BIGINT  NOT NULL
);
INSERT INTO schedules (policy, version, is_settled, is_paused, revision)
SELECT name, version, FALSE, FALSE, 0 FROM policies;

CREATE TABLE freezes (
    name       TEXT   NOT NULL PRIMARY KEY,
    folded     TEXT   NOT NULL UNIQUE,
    document   TEXT   NOT NULL,
    changed_by TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE duties (
    name        TEXT   NOT NULL PRIMARY KEY,
    next_at     BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    last_at     BIGINT,
    last_error  TEXT
);
