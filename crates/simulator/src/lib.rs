//! Simulated sites: a Confluence Data Center 8.2 – 10.2 that behaves as `confluence-data-center.md §12` says.
//!
//! Here: population from a seed or from rows of a real installation, the REST resources of each version, permissions,
//! directories with their rules, a journal of what was asked, faults and switches set from outside.
//! Not here: anything of ours. This room shares no type with the client (`atlassian`, `site`), so that a mistake
//! there is not mirrored here; it is written from the contract and the captured answers only.
//! To add a resource: an `Endpoint` in `routes.rs` with its version in `version.rs`, a handler under `rest/`.
//! To add an UNVERIFIED fact: a field and a line of the table in [`Switches`].
//! To add a fault: a variant of [`Fault`], and its place before or after the effect in `serve.rs`.
//!
//! The controls (a second port): `GET /journal` (`?writes=true`, `?after=SEQ`), `DELETE /journal`, `GET /state`
//! (`?account=`, `?group=`, `?start=&limit=`), `PUT /state/accounts/{username}` with an [`AccountPatch`],
//! `PUT /state/groups/{group}`, `GET|PUT|DELETE /faults` with [`Faults`], `GET|PUT /clock` with `{"now": "…"}`,
//! `POST /reset`.

mod auth;
mod call;
mod clock;
mod control;
mod faults;
mod http;
mod journal;
mod limits;
mod options;
mod population;
mod rest;
mod routes;
mod rows;
mod serve;
mod simulator;
mod site;
mod state;
mod switches;
mod version;

pub use faults::{Fault, Faults, RateLimit, Rule};
pub use journal::JournalEntry;
pub use options::{Options, SimulatorError, Tls};
pub use population::{DIRECTORIES, Mix, Population};
pub use simulator::Simulator;
pub use state::{
    AccountPatch, AccountView, Directory, DirectoryKind, GroupPatch, GroupView, PatchStatus, State,
    StateError,
};
pub use switches::{
    AuditDeactivation, AuditLog, AuditLoginAuthor, CaptchaAnswer, DateSpelling, DirectoriesKey,
    DirectoryListing, DisabledUser, EncodedSlash, ForbiddenWrite, GoneUser, MailShown, MemberOfUnknown,
    Place, StatusWords, Switches,
};
pub use version::SimulatedVersion;
