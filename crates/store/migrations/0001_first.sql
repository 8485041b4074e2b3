-- The first schema. One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN and BYTEA only.
-- Instants are microseconds since 1970 (UTC); JSON is text; BYTEA is a type of PostgreSQL that SQLite takes as it stands and keeps blobs in.
-- No table about what was done refers by foreign key to what it was done to: the evidence outlives its subject.

CREATE TABLE sites (
    id            TEXT   NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL,
    folded        TEXT   NOT NULL UNIQUE,
    kind          TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    settings      TEXT   NOT NULL,
    authorities   TEXT,
    credentials   BYTEA,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL
);

CREATE TABLE snapshots (
    id         TEXT   NOT NULL PRIMARY KEY,
    site       TEXT   NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    taken_at   BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    accounts   BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    encoding   BIGINT NOT NULL,
    history    BYTEA
);
CREATE INDEX snapshots_by_site ON snapshots (site, taken_at);

CREATE TABLE snapshot_chunks (
    snapshot TEXT   NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    part     BIGINT NOT NULL,
    data     BYTEA  NOT NULL,
    PRIMARY KEY (snapshot, part)
);

CREATE TABLE policies (
    name       TEXT   NOT NULL PRIMARY KEY,
    folded     TEXT   NOT NULL UNIQUE,
    version    TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('off', 'test', 'live')),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE policy_versions (
    policy    TEXT   NOT NULL,
    version   TEXT   NOT NULL,
    document  TEXT   NOT NULL,
    loaded_at BIGINT NOT NULL,
    loaded_by TEXT   NOT NULL,
    tested_at BIGINT,
    PRIMARY KEY (policy, version)
);

CREATE TABLE plans (
    id          TEXT   NOT NULL PRIMARY KEY,
    site        TEXT   NOT NULL,
    snapshot    TEXT   NOT NULL,
    policy      TEXT,
    version     TEXT,
    fingerprint TEXT   NOT NULL,
    mode        TEXT   NOT NULL CHECK (mode IN ('test', 'live')),
    made_by     TEXT   NOT NULL,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    items       BIGINT NOT NULL,
    approval    TEXT   NOT NULL CHECK (approval IN ('not-needed', 'awaited', 'approved', 'rejected')),
    body        BYTEA  NOT NULL
);
CREATE INDEX plans_by_site ON plans (site, made_at);

CREATE TABLE approvals (
    id         TEXT    NOT NULL PRIMARY KEY,
    plan       TEXT    NOT NULL REFERENCES plans (id),
    operator   TEXT    NOT NULL,
    is_consent BOOLEAN NOT NULL,
    comment    TEXT    NOT NULL,
    given_at   BIGINT  NOT NULL,
    UNIQUE (plan, operator)
);

CREATE TABLE runs (
    id            TEXT    NOT NULL PRIMARY KEY,
    plan          TEXT    NOT NULL UNIQUE REFERENCES plans (id),
    site          TEXT    NOT NULL,
    policy        TEXT,
    mode          TEXT    NOT NULL CHECK (mode IN ('test', 'live')),
    undo_of       TEXT,
    started_by    TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'stopping', 'stopped', 'done', 'failed')),
    items         BIGINT  NOT NULL,
    n_pending     BIGINT  NOT NULL,
    n_started     BIGINT  NOT NULL,
    n_done        BIGINT  NOT NULL,
    n_already     BIGINT  NOT NULL,
    n_drifted     BIGINT  NOT NULL,
    n_refused     BIGINT  NOT NULL,
    n_failed      BIGINT  NOT NULL,
    n_unknown     BIGINT  NOT NULL,
    n_stopped     BIGINT  NOT NULL,
    created_at    BIGINT  NOT NULL,
    started_at    BIGINT,
    finished_at   BIGINT,
    lease_owner   TEXT,
    lease_epoch   BIGINT  NOT NULL,
    lease_until   BIGINT,
    stop_wanted   BOOLEAN NOT NULL,
    stop_reason   TEXT,
    report        TEXT
);
CREATE INDEX runs_by_time ON runs (created_at);
-- A policy has at most one run under way at a site.
CREATE UNIQUE INDEX runs_under_way ON runs (policy, site) WHERE state IN ('pending', 'running', 'stopping');

CREATE TABLE run_items (
    run         TEXT   NOT NULL REFERENCES runs (id),
    seq         BIGINT NOT NULL,
    account     TEXT   NOT NULL,
    username    TEXT   NOT NULL,
    change      TEXT   NOT NULL,
    before      TEXT,
    after       TEXT,
    why         TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN
                ('pending', 'started', 'done', 'already', 'drifted', 'refused', 'failed', 'unknown', 'stopped')),
    attempts    BIGINT NOT NULL,
    code        TEXT,
    reason      TEXT,
    detail      TEXT,
    started_at  BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (run, seq)
);
CREATE INDEX run_items_by_state ON run_items (run, state, seq);

CREATE TABLE audit_entries (
    seq           BIGINT NOT NULL PRIMARY KEY,
    at            BIGINT NOT NULL,
    actor         TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    site          TEXT,
    account       TEXT,
    policy        TEXT,
    snapshot      TEXT,
    plan          TEXT,
    run           TEXT,
    item          BIGINT,
    why           TEXT   NOT NULL,
    before        TEXT,
    after         TEXT,
    details       TEXT   NOT NULL,
    previous_hash TEXT   NOT NULL,
    hash          TEXT   NOT NULL
);
CREATE INDEX audit_entries_by_run ON audit_entries (run, seq) WHERE run IS NOT NULL;
CREATE INDEX audit_entries_by_account ON audit_entries (account, seq) WHERE account IS NOT NULL;

-- The end of the chain. Whoever appends updates this row first, and so waits for whoever is appending.
CREATE TABLE audit_head (
    one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE exemptions (
    site         TEXT   NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    subject_kind TEXT   NOT NULL CHECK (subject_kind IN ('account', 'group')),
    subject      TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    ends_at      BIGINT,
    added_by     TEXT   NOT NULL,
    added_at     BIGINT NOT NULL,
    PRIMARY KEY (site, subject_kind, subject)
);

CREATE TABLE lists (
    name       TEXT   NOT NULL PRIMARY KEY,
    entries    TEXT   NOT NULL,
    changed_by TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE settings (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE secrets (
    name       TEXT   NOT NULL PRIMARY KEY,
    sealed     BYTEA  NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE outbox (
    id          TEXT   NOT NULL PRIMARY KEY,
    message_id  TEXT   NOT NULL UNIQUE,
    recipients  TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    raw         BYTEA  NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    attempts    BIGINT NOT NULL,
    last_error  TEXT,
    next_try_at BIGINT,
    queued_at   BIGINT NOT NULL,
    sent_at     BIGINT
);
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE state = 'queued';
