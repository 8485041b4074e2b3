-- Who may sign in, and how they are recognised afterwards. Of a session, a token and a setup link only the hash of the secret is kept.

CREATE TABLE operators (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    folded       TEXT   NOT NULL UNIQUE,
    display_name TEXT   NOT NULL,
    email        TEXT,
    role         TEXT   NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
    standing     TEXT   NOT NULL CHECK (standing IN ('active', 'inactive', 'withdrawn')),
    -- Both or neither: who vouches for them, where it is not us.
    issuer       TEXT,
    subject      TEXT,
    -- As argon2 writes it, with its parameters; NULL = nobody signs in with a password.
    password     TEXT,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    signed_in_at BIGINT,
    UNIQUE (issuer, subject)
);

CREATE TABLE sessions (
    id           TEXT   NOT NULL PRIMARY KEY,
    hash         TEXT   NOT NULL UNIQUE,
    operator     TEXT   NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    idle_ends_at BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    agent        TEXT   NOT NULL,
    revoked_at   BIGINT
);
CREATE INDEX sessions_by_operator ON sessions (operator, created_at);
CREATE INDEX sessions_by_end ON sessions (ends_at);

CREATE TABLE api_tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    operator   TEXT   NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    role       TEXT   NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_by_operator ON api_tokens (operator, created_at);

CREATE TABLE setup_links (
    hash       TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

-- Failed attempts to sign in, by what they have in common. Subjects are hashes: what somebody types as a name may be a password.
CREATE TABLE sign_in_attempts (
    kind      TEXT   NOT NULL CHECK (kind IN ('address', 'name', 'pair')),
    subject   TEXT   NOT NULL,
    failures  BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    free_at   BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (failed_at);

-- Sign-ins under way at a provider: begun here, not yet back. What is kept for the way back is sealed.
CREATE TABLE sign_on_flows (
    state      TEXT   NOT NULL PRIMARY KEY,
    sealed     BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_on_flows_by_end ON sign_on_flows (expires_at);
