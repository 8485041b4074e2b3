//! Backups: the whole database in one file that either database can be restored from.
//!
//! The file is the line `rollcall backup 1`, then one zstd stream of lines of JSON:
//!
//! 1. `{"head":{…}}`: when, by which program, at which schema, how far the audit log had come.
//! 2. For each table `{"table":{"name":…,"columns":[…]}}`, then its rows, each an array. Tables come before those that refer to them. Bytes are
//!    `{"b":"base64"}`.
//! 3. `{"end":{"rows":…,"sha256":…}}`: how many rows there were, and the hash of every byte of text before this line. Nothing follows.
//!
//! Everything is of one instant, whatever is written meanwhile. Reading and writing hold a few rows at a time. Tables and columns are taken from the
//! database itself, so that a new table is in the backup without a line here. Secrets are in it as they are in the database, sealed;
//! the key never is.
//!
//! To change the form: a new [`FORMAT`], and reading the old one for as long as there may be files of it.

mod cell;
mod make;
mod read;
mod restore;
mod shape;

pub use read::{BackupSummary, inspect};
pub use restore::Restored;

use crate::backup::shape::ColumnShape;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the form.
const FORMAT: u32 = 1;
/// How every backup begins, in clear: so that one can tell it from other files.
const MAGIC: &str = "rollcall backup ";
/// A line longer than this was not written by us.
const LONGEST_LINE: u64 = 1 << 31;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BackupHead {
    /// The instant it shows.
    pub made_at: Timestamp,
    /// The version of the program that made it.
    pub program: String,
    /// The schema of the database it was made of.
    pub schema: i64,
    /// How far the audit log had come.
    pub audit: rollcall_audit::Head,
    /// Short names of the keys that the secrets in it are sealed with.
    pub keys: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TableHead {
    name: String,
    columns: Vec<ColumnShape>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct End {
    rows: u64,
    sha256: String,
}

/// A line that is not a row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mark {
    Head(BackupHead),
    Table(TableHead),
    End(End),
}
