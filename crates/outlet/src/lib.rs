//! Outlets: how Rollcall tells other programs.
//!
//! Here: signed webhooks over HTTP ([`Webhooks`]), the signature they bear ([`sign`], [`verify`]), and the audit log as syslog
//! ([`Syslog`]: RFC 5424 over UDP, TCP, TLS) or as a file of JSON Lines ([`Lines`]).
//! Not here: what is told, to whom and when, and what was told already (the engine asks the audit log); any clock.
//! To add an outlet: a module with one method that takes records and says whether they arrived, and a test with a real receiver.
//!
//! Names from sites are hostile text: as JSON they are data, and in syslog whatever could begin a new line or field is escaped.

mod error;
mod file;
mod record;
mod signature;
mod syslog;
mod syslog_wire;
mod tls;
mod webhook;

pub use error::OutletError;
pub use file::Lines;
pub use record::Record;
pub use signature::{SIGNATURE_HEADER, SignatureError, sign, verify};
pub use syslog::SyslogForm;
pub use syslog_wire::{Syslog, SyslogWay};
pub use webhook::{Answer, Post, PostError, WebhookAddressError, WebhookSettings, Webhooks, check_address};
