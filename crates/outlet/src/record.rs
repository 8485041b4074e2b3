//! An entry of the audit log, as an outlet needs it.

use jiff::Timestamp;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the log.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What, as dotted words.
    pub kind: String,
    /// Whether somebody should look at it.
    pub is_warning: bool,
    /// Why, in words.
    pub why: String,
    /// What it is about and everything else that syslog should be searched by: `site`, `run`, `hash`, …
    pub about: Vec<(&'static str, String)>,
    /// The whole entry as a line of JSON, without line break.
    pub line: String,
}
