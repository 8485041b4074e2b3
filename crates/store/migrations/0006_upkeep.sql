-- Upkeep: keys that were replaced, the place where retention cut the audit log, and what retention took from runs and plans.

-- Keys that no longer seal anything here. A process that still holds one is told so, and takes the one that replaced it.
CREATE TABLE retired_keys (
    id          TEXT   NOT NULL PRIMARY KEY,
    replaced_by TEXT   NOT NULL,
    retired_at  BIGINT NOT NULL
);

-- The last audit entry that retention dropped. The oldest one left is chained to it.
CREATE TABLE audit_checkpoint (
    one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
INSERT INTO audit_checkpoint (one, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- When retention dropped the items of a run, and the items a plan named.
ALTER TABLE runs ADD COLUMN dropped_at BIGINT;
ALTER TABLE plans ADD COLUMN dropped_at BIGINT;
