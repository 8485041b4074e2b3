//! Snapshots: an immutable, columnar picture of one site at one instant.
//!
//! Here: packing an observation into columns and bitmaps, nested groups, what all evidence together says of an account,
//! storing and loading, content hash, the difference of two; and beside it what Rollcall itself knows ([`Facts`]).
//! Not here: reading a site, selecting accounts (`criteria`), deciding anything.
//! To add a field of accounts: one column in [`Columns`], filled in `build.rs`, written and read in `encode.rs` under a new
//! format version (older ones must still load), one line in `difference.rs`.

mod account;
mod activity;
mod arena;
mod build;
mod column;
mod container;
mod difference;
mod encode;
mod error;
mod event;
mod facts;
mod fold;
mod group;
mod history;
mod lookup;
mod memory;
mod snapshot;
mod thinning;
mod wire;

pub use account::Account;
pub use activity::{Activity, ActivityColumn};
pub use column::{
    CodeColumn, Columns, CountColumn, FlagColumn, InstantColumn, NamedColumn, Point, Ranks, TextColumn,
};
pub use difference::{AccountChange, Difference, MembershipChange, difference};
pub use error::SnapshotError;
pub use event::{Event, events, events_since};
pub use facts::{AccountList, ExemptSubject, Exemption, Facts, Noticed};
pub use fold::fold;
pub use group::Group;
pub use history::{Beside, History, OwnDeed};
pub use snapshot::Snapshot;
pub use thinning::{Thinning, kept};
