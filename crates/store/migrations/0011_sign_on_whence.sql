-- Whence a sign-in was begun, as a hash of the network: nobody fills the places of all others.

ALTER TABLE sign_on_flows ADD COLUMN whence TEXT NOT NULL DEFAULT '';
CREATE INDEX sign_on_flows_by_whence ON sign_on_flows (whence, expires_at);
