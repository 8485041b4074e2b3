//! What may be there already when something is stored.

use jiff::Timestamp;

/// What something may take the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaces {
    /// Of nothing: where there is one already, it is a conflict.
    Nothing,
    /// Of the one that was stored at that instant, and of no other.
    Only(Timestamp),
    /// Of whatever there is.
    Anything,
}
