//! The nouns of Rollcall and their typed ids, used by every room.
//!
//! Here: what a site says of itself (accounts, groups, directories, evidence), actions and the elementary changes
//! they are made of, the states of a run item, which addresses may be gone to.
//! Not here: anything that reads a clock, a file, a socket or a database; anything that decides.
//! To add a noun: a module of its own, plain data, with what its fields mean and in which unit.

mod action;
mod action_text;
mod address_rule;
mod evidence;
mod ids;
mod item;
mod observation;
mod profile;
mod role;
mod text;
mod trigger;

pub use action::{Action, ActionKind, Change, MoveMode};
pub use action_text::ActionParseError;
pub use address_rule::{AddressRule, ForbiddenAddress};
pub use evidence::{Absence, EvidenceKind, EvidencePoint, EvidenceSource, Reach, SourceIndex};
pub use ids::{
    AccountKey, ApprovalId, DirectoryName, GroupName, IdError, JobId, PlanId, RunId, SiteId, SiteName,
    SnapshotId,
};
pub use item::{ItemState, TransitionError};
pub use observation::{
    AccountIndex, AccountRecord, DirectoryRecord, GroupIndex, GroupRecord, Observation, ObservationError,
    Status,
};
pub use profile::{AccessMode, AccountRef, Capability, Product, SeatCounts, SiteProfile, Support, Version};
pub use role::{Role, RoleError};
pub use text::plain;
pub use trigger::Trigger;
