-- What the API needs: the keys of requests that are carried out once, and who vouches for the address of a site.

CREATE TABLE idempotency_keys (
    operator   TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    request    TEXT   NOT NULL,
    claim      TEXT   NOT NULL,
    claimed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answer     BYTEA,
    PRIMARY KEY (operator, name)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- Somebody at a shell of this machine vouched for the address: it may be anywhere. Every site until now was added so.
ALTER TABLE sites ADD COLUMN is_vouched BOOLEAN NOT NULL DEFAULT TRUE;
