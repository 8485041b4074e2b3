//! Why an observation cannot become a snapshot, or bytes cannot become one again.

use rollcall_model::ObservationError;

/// What can go wrong in this room.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The observation contradicts itself. Read the site again.
    #[error(transparent)]
    Observation(#[from] ObservationError),
    /// More than a snapshot can hold. Nothing to be done but to ask for a larger format.
    #[error("the site has {found} {what}; a snapshot holds at most {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much fits.
        limit: u64,
    },
    /// These bytes are something else.
    #[error("this is not a Rollcall {what}: it does not begin as one")]
    Foreign {
        /// What was expected.
        what: &'static str,
    },
    /// Written by a later program.
    #[error(
        "this {what} was written by a newer Rollcall (format {found}; this program reads formats up to {known}). Update this program"
    )]
    Newer {
        /// What it is.
        what: &'static str,
        /// Its format.
        found: u32,
        /// The newest format this program reads.
        known: u32,
    },
    /// Cut short or changed since it was written.
    #[error("this {what} is damaged ({reason}); take a new one with `rollcall sync`")]
    Damaged {
        /// What it is.
        what: &'static str,
        /// What does not fit.
        reason: String,
    },
}
