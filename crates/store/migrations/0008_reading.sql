-- What listings need without opening each document: what a plan comes to, and the orders they are paged in.

ALTER TABLE plans ADD COLUMN is_blocked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE plans ADD COLUMN summary TEXT;

CREATE INDEX plans_by_time ON plans (made_at, id);
CREATE INDEX runs_by_site ON runs (site, created_at, id);
CREATE INDEX audit_entries_by_site ON audit_entries (site, seq) WHERE site IS NOT NULL;
CREATE INDEX audit_entries_by_plan ON audit_entries (plan, seq) WHERE plan IS NOT NULL;
CREATE INDEX audit_entries_by_kind ON audit_entries (kind, seq);
