-- What leaves the installation: mails recipient by recipient, templates of mails, webhooks with what was delivered, cursors of the audit log's
-- outlets, and whether each site answers.

-- The outbox anew: neither database can widen a CHECK. A mail that was refused for good for somebody is told apart from one that was given up.
CREATE TABLE outbox_2 (
    id          TEXT   NOT NULL PRIMARY KEY,
    message_id  TEXT   NOT NULL UNIQUE,
    recipients  TEXT   NOT NULL,
    served      TEXT   NOT NULL,
    bounced     TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    raw         BYTEA  NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('queued', 'sent', 'bounced', 'failed', 'discarded')),
    attempts    BIGINT NOT NULL,
    tries_left  BIGINT NOT NULL,
    last_error  TEXT,
    next_try_at BIGINT,
    busy_until  BIGINT,
    queued_at   BIGINT NOT NULL,
    sent_at     BIGINT
);
INSERT INTO outbox_2 (id, message_id, recipients, served, bounced, subject, raw, state, attempts, tries_left, last_error,
                      next_try_at, queued_at, sent_at)
    SELECT id, message_id, recipients, '[]', '[]', subject, raw, state, attempts, 12, last_error,
           next_try_at, queued_at, sent_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_2 RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE state = 'queued';

-- An administrator's own; a mail without a row here uses the embedded text.
CREATE TABLE mail_templates (
    name       TEXT   NOT NULL PRIMARY KEY,
    version    BIGINT NOT NULL,
    subject    TEXT,
    plain      TEXT,
    html       TEXT,
    changed_by TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Their secrets are rows of `secrets`, so that a new key seals them as well: webhook/ID and webhook/ID/old.
CREATE TABLE webhooks (
    id               TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,
    folded           TEXT    NOT NULL UNIQUE,
    url              TEXT    NOT NULL,
    events           TEXT    NOT NULL,
    sites            TEXT,
    is_on            BOOLEAN NOT NULL,
    old_secret_until BIGINT,
    version          BIGINT  NOT NULL,
    read_through     BIGINT  NOT NULL,
    busy_until       BIGINT,
    created_at       BIGINT  NOT NULL,
    changed_at       BIGINT  NOT NULL
);

-- One row for each event that a webhook is told, in the order of the audit log.
CREATE TABLE webhook_deliveries (
    webhook     TEXT   NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    seq         BIGINT NOT NULL,
    event       TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('queued', 'delivered', 'failed')),
    attempts    BIGINT NOT NULL,
    status      BIGINT,
    answer      TEXT,
    queued_at   BIGINT NOT NULL,
    tried_at    BIGINT,
    next_try_at BIGINT,
    PRIMARY KEY (webhook, seq)
);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (webhook, seq) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_settled ON webhook_deliveries (queued_at) WHERE state <> 'queued';

-- How far each outlet of the audit log has been told (syslog, file).
CREATE TABLE audit_outlets (
    name          TEXT   NOT NULL PRIMARY KEY,
    told_through  BIGINT NOT NULL,
    told_at       BIGINT,
    attempts      BIGINT NOT NULL,
    last_error    TEXT,
    failing_since BIGINT,
    next_try_at   BIGINT,
    busy_until    BIGINT
);

-- Runs that ended before this schema have been reported.
INSERT INTO audit_outlets (name, told_through, attempts) SELECT 'reports', seq, 0 FROM audit_head;

-- A site without a row has never been seen to fail.
CREATE TABLE site_reach (
    site         TEXT    NOT NULL PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
    is_reachable BOOLEAN NOT NULL,
    since        BIGINT  NOT NULL,
    reason       TEXT    NOT NULL,
    -- When it refused the credentials; gone once it has accepted some.
    refused_at   BIGINT
);
