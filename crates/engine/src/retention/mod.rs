//! Retention: how long what is kept, and dropping the rest. Never silently: what is dropped is itself in the audit log.

mod behind;
mod drop;
mod settings;

pub use drop::Dropping;
pub use rollcall_snapshot::Thinning;
pub use settings::Retention;
