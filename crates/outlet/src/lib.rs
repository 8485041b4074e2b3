//! Outlets: how Rollcall tells other programs. Signed webhooks over HTTP, the audit log as syslog (RFC 5424) or JSON Lines. What is told, and when, is decided in `engine`.
