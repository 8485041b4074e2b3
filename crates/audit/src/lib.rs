//! The audit log: what an entry is, how entries are chained, and how a chain is checked.
//!
//! Here: [`Draft`] and [`Entry`], the canonical bytes that are hashed, the chain, the [`Verifier`] that names the first bad
//! entry, and the JSON Lines form in which a log leaves the installation.
//! Not here: where entries are kept (room `store`), who writes which entry (room `engine`).
//! To add a kind of entry: one constant in [`EntryKind`]. To add a field: a new [`canonical::VERSION`], which hashes
//! the field as well and leaves entries of older versions as they are.
//!
//! A chain shows that nothing *inside* it was changed. Whoever can rewrite all of it, head included, is found out by a head that
//! was given away before: it stands in every report mail (architecture.md §2), and [`Verifier::expecting`] compares with it.

pub mod canonical;
mod chain;
mod dropped;
mod entry;
mod export;
mod hash;
mod verify;

pub use chain::{Head, HeadError, chain};
pub use dropped::Dropped;
pub use entry::{Draft, Entry, EntryKind, KindError, Subject};
pub use export::{ExportError, checkpoint_line, head_line, line, verify_lines};
pub use hash::{EntryHash, HashError};
pub use verify::{Broken, Fault, Verified, Verifier};
