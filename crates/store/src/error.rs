//! What can go wrong, as the decision it leaves to the caller.

use crate::words::RunTransitionError;
use rollcall_model::{RunId, TransitionError};

/// Every failure of the store. No message contains a password: places are named without credentials.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer. Nothing was changed as far as is known; a commit that was cut off may have taken effect, so read before repeating.
    #[error(
        "the database {place} cannot be reached: {reason}. Check that it runs and that the address is right"
    )]
    Unavailable {
        /// The database.
        place: String,
        /// What was said.
        reason: String,
    },
    /// Others held a lock for too long. Nothing was changed; try again.
    #[error(
        "the database {place} is busy: others kept it locked, or every connection to it is in use. Try again"
    )]
    Busy {
        /// The database.
        place: String,
    },
    /// The database let nobody in by that name, or not this one.
    #[error("the database {place} refused access: {reason}. Check user, password and rights")]
    AccessDenied {
        /// The database.
        place: String,
        /// What was said.
        reason: String,
    },
    /// The folder, the file or the server does not take writes.
    #[error(
        "the database {place} cannot be written: {reason}. Check who owns the data folder and whether the disk is mounted for writing"
    )]
    ReadOnly {
        /// The database.
        place: String,
        /// What was said.
        reason: String,
    },
    /// No room left. What was being written was taken back whole.
    #[error(
        "the disk of the database {place} is full: nothing was written. Make room and go on (`rollcall runs resume` for a run)"
    )]
    Full {
        /// The database.
        place: String,
    },
    /// The file is something else.
    #[error(
        "{place} is not a Rollcall database: {reason}. It was left as it is; name another file or folder"
    )]
    NotADatabase {
        /// The file.
        place: String,
        /// What was found.
        reason: String,
    },
    /// A newer Rollcall wrote it.
    #[error(
        "the database {place} has schema {found}, this program knows only up to {known}: it was left as it is. Use a newer Rollcall"
    )]
    NewerSchema {
        /// The database.
        place: String,
        /// Its schema.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// The address of a database that cannot be read.
    #[error(
        "the address of the database cannot be used: {reason}. Expected is postgres://user:password@host/name?sslmode=verify-full, or the path of an SQLite file, absolute or with ./ in front"
    )]
    Location {
        /// What is wrong. Without the address, which may hold a password.
        reason: String,
    },
    /// It is there already, or does not stand so that this could be done. Nothing was changed.
    #[error("{what} \"{name}\" {reason}")]
    Conflict {
        /// `site`, `plan`, …
        what: &'static str,
        /// Which.
        name: String,
        /// In words: "exists already".
        reason: String,
    },
    /// It is no longer what was looked at: somebody else changed or removed it meanwhile. Nothing was changed.
    #[error("{what} \"{name}\" was changed or removed by somebody else meanwhile; look at it again")]
    Stale {
        /// `site`, `plan`, …
        what: &'static str,
        /// Which.
        name: String,
    },
    /// There is none of that name. Nothing was changed.
    #[error("there is no {what} \"{name}\"")]
    NotFound {
        /// `site`, `plan`, …
        what: &'static str,
        /// Which.
        name: String,
    },
    /// Somebody else works on the run. Leave it to them.
    #[error(
        "run {run} is being worked on by {owner}; it is free again when that process ends, or at {until} at the latest"
    )]
    LeaseHeld {
        /// The run.
        run: RunId,
        /// Who has it.
        owner: String,
        /// Until when, unless renewed.
        until: jiff::Timestamp,
    },
    /// Another live run is being worked on at the same site. Nothing was changed; wait for its end.
    #[error(
        "run {run} changes accounts at this site now, and live runs at one site come one after the other; `rollcall runs show {run}` tells how far it is. Try again when it is over"
    )]
    SiteHeld {
        /// The other run.
        run: RunId,
    },
    /// The run was taken over by another process. Nothing was changed; stop working on it.
    #[error("run {run} was taken over by another process: nothing was recorded here")]
    LeaseLost {
        /// The run.
        run: RunId,
    },
    /// A run cannot take that step. Nothing was changed.
    #[error("run {run}: {step}")]
    RunStep {
        /// The run.
        run: RunId,
        /// Which step.
        step: RunTransitionError,
    },
    /// An item cannot take that step. Nothing was changed.
    #[error("item {seq} of run {run}: {step}")]
    ItemStep {
        /// The run.
        run: RunId,
        /// The item.
        seq: u32,
        /// Which step.
        step: TransitionError,
    },
    /// Secrets cannot be read or written without a key.
    #[error("{what} is encrypted, and no key was given. Name the key file")]
    NoKey {
        /// What is to be read or written.
        what: String,
    },
    /// The secret was sealed with another key.
    #[error(
        "{what} was encrypted with key {sealed_with}, not with the key given ({given}). Use the key file it was made with, or enter the secret again"
    )]
    WrongKey {
        /// What is to be read.
        what: String,
        /// Short name of the key it was sealed with.
        sealed_with: String,
        /// Short name of the key given.
        given: String,
    },
    /// This machine has another key than the installation. Whoever has the right one goes on; here nothing can be opened.
    #[error(
        "the sealing key of this installation is {wanted}, and {} is {given}: no site can be signed in to from here. Copy the key file from a machine \
         that has it; it is read again by itself",
        file.as_ref().map_or_else(|| "the key given".to_owned(), |file| format!("the one in {}", file.path().display()))
    )]
    OtherKey {
        /// Short name of the key at hand.
        given: String,
        /// Short name of the key of the installation.
        wanted: String,
        /// The file of the key at hand, where it came from one.
        file: Option<crate::KeyFile>,
    },
    /// The key was rotated, and the new one is not on this machine. Nothing was changed.
    #[error(
        "{what} cannot be encrypted: the sealing key {given} was replaced by {wanted}, which is not on this machine. Copy the new key file here"
    )]
    KeyRetired {
        /// What was to be sealed.
        what: String,
        /// Short name of the key at hand.
        given: String,
        /// Short name of the key that replaced it.
        wanted: String,
    },
    /// Retention took it. What it did is in the audit log.
    #[error(
        "the items of {what} {name} were dropped by retention at {at}; what was done is in the audit log"
    )]
    Dropped {
        /// `plan`, …
        what: &'static str,
        /// Which.
        name: String,
        /// When.
        at: jiff::Timestamp,
    },
    /// A file that is no backup, or not a whole one. Nothing was changed.
    #[error("this backup cannot be used: {reason}. Nothing was changed")]
    Backup {
        /// What is wrong with it.
        reason: String,
    },
    /// The backup could not be written, or read.
    #[error("the backup cannot be {verb}: {reason}")]
    BackupFile {
        /// "written" or "read".
        verb: &'static str,
        /// What the system said.
        reason: String,
    },
    /// A backup is restored only where nothing is lost by it. Nothing was changed.
    #[error(
        "the database {place} is not empty: {found}. A backup is restored only into an empty database; name another data folder or database. Nothing was changed"
    )]
    NotEmpty {
        /// The database.
        place: String,
        /// What is there.
        found: String,
    },
    /// A key that is none.
    #[error("{place} does not hold a key: {reason}")]
    Key {
        /// The file or variable.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// What is stored is not what was written.
    #[error("{what} in the database is damaged: {reason}. Restore it from a backup")]
    Corrupt {
        /// Which row.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database refused a statement for a reason that is a mistake of this program.
    #[error(
        "the database {place} refused a statement: {reason}. This is a fault of Rollcall; please report it"
    )]
    Internal {
        /// The database.
        place: String,
        /// What was said.
        reason: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Busy { .. })
    }

    pub(crate) fn not_found(what: &'static str, name: &(impl ToString + ?Sized)) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    pub(crate) fn exists(what: &'static str, name: &(impl ToString + ?Sized)) -> Self {
        Self::Conflict { what, name: name.to_string(), reason: "exists already".to_owned() }
    }

    pub(crate) fn stale(what: &'static str, name: &(impl ToString + ?Sized)) -> Self {
        Self::Stale { what, name: name.to_string() }
    }

    pub(crate) fn corrupt(what: impl Into<String>, reason: &(impl ToString + ?Sized)) -> Self {
        Self::Corrupt { what: what.into(), reason: reason.to_string() }
    }

    /// Judges an error of the driver.
    pub(crate) fn from_driver(error: sqlx::Error, place: &str) -> Self {
        let place = place.to_owned();
        match error {
            sqlx::Error::Database(error) => match error.try_downcast::<sqlx::postgres::PgDatabaseError>() {
                Ok(error) => Self::from_postgres(&error, place),
                Err(error) => Self::from_sqlite(error.as_ref(), place),
            },
            sqlx::Error::PoolTimedOut => Self::Busy { place },
            sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Self::Full { place },
            sqlx::Error::Io(error) => Self::Unavailable { place, reason: error.to_string() },
            sqlx::Error::Tls(error) => Self::Unavailable { place, reason: format!("TLS: {error}") },
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable { place, reason: "the connection was closed".to_owned() }
            }
            sqlx::Error::Configuration(error) => Self::Location { reason: error.to_string() },
            sqlx::Error::ColumnDecode { index, source } => Self::corrupt(format!("column {index}"), &source),
            error => Self::Internal { place, reason: error.to_string() },
        }
    }

    fn from_postgres(error: &sqlx::postgres::PgDatabaseError, place: String) -> Self {
        let reason = error.to_string();
        match error.code() {
            "53100" => Self::Full { place },
            "40001" | "40P01" | "55P03" => Self::Busy { place },
            "25006" => Self::ReadOnly { place, reason },
            "42501" => Self::AccessDenied { place, reason },
            "3D000" => Self::Unavailable { place, reason },
            "42P07" | "42710" => Self::NotADatabase { place, reason },
            "XX001" | "XX002" => Self::corrupt(place, &reason),
            code => match code.get(..2) {
                Some("28") => Self::AccessDenied { place, reason },
                Some("08" | "53" | "57" | "58") => Self::Unavailable { place, reason },
                _ => Self::Internal { place, reason },
            },
        }
    }

    fn from_sqlite(error: &dyn sqlx::error::DatabaseError, place: String) -> Self {
        // The extended code; its low byte is the primary one (sqlite.org/rescode.html).
        const IOERR_SHMSIZE: u32 = 4874;
        let code = error.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
        let reason = error.message().to_owned();
        match code & 0xff {
            5 | 6 => Self::Busy { place },
            // CANTOPEN: the file, or the journal beside it, cannot be made.
            8 | 14 | 23 => Self::ReadOnly { place, reason },
            // The index of the write-ahead log could not grow: in practice the disk is full.
            10 if code == IOERR_SHMSIZE => Self::Full { place },
            10 => Self::Unavailable { place, reason },
            11 => Self::corrupt(place, &reason),
            13 => Self::Full { place },
            26 => Self::NotADatabase { place, reason },
            _ => Self::Internal { place, reason },
        }
    }
}
