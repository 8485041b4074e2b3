//! Mail over SMTP: through a real server (aiosmtpd, see `scripts/with-mail-venv`), and past servers that break the rules.

mod delivery;
mod hostile_server;
mod support;
