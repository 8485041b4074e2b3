-- What owners of accounts were told by mail, and the events at sites that policies wait for.

-- One row for each notice, written together with its mail. It outlives the mail.
CREATE TABLE notices (
    message_id TEXT   NOT NULL PRIMARY KEY,
    site       TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    username   TEXT   NOT NULL,
    policy     TEXT,
    run        TEXT   NOT NULL,
    item       BIGINT NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    written_at BIGINT NOT NULL,
    sent_at    BIGINT,
    kept_at    BIGINT,
    kept_until BIGINT,
    UNIQUE (run, item)
);
CREATE INDEX notices_by_account ON notices (site, account);

-- A policy that is on, since when: what happened before concerns it as little as what happens while it is off.
CREATE TABLE watches (
    policy TEXT   NOT NULL PRIMARY KEY,
    since  BIGINT NOT NULL
);
INSERT INTO watches (policy, since) SELECT name, changed_at FROM policies WHERE state <> 'off';

-- How far a site was looked at for a policy.
CREATE TABLE watch_cursors (
    policy     TEXT   NOT NULL,
    site       TEXT   NOT NULL,
    read_until BIGINT NOT NULL,
    snapshot   TEXT,
    looked_at  BIGINT NOT NULL,
    PRIMARY KEY (policy, site)
);

-- The newest event of each kind of each account, until a plan takes it and afterwards, so that it is not taken twice.
CREATE TABLE watch_events (
    policy      TEXT   NOT NULL,
    site        TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('account-created', 'login')),
    happened_at BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    taken_by    TEXT,
    PRIMARY KEY (policy, site, account, kind)
);
CREATE INDEX watch_events_open ON watch_events (policy, site) WHERE taken_by IS NULL;
