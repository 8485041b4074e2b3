-- Which plans were for those alone that something happened to: the growth of a policy is not measured by them.

ALTER TABLE plans ADD COLUMN is_restricted BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE plans SET is_restricted = TRUE WHERE summary LIKE '%"only":%';

CREATE INDEX runs_by_policy ON runs (policy, site, created_at, id) WHERE policy IS NOT NULL;

-- From when on the failures of a run count towards its limit: whoever lets a run go on that stopped at it gives it a new allowance; nobody else does.
ALTER TABLE runs ADD COLUMN failures_since BIGINT;
