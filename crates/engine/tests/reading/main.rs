//! Looking at an installation: accounts page by page, the overview, plans, runs and their events, on both databases.

mod accounts;
mod following;
mod overview;
mod plans;
mod policies;
mod stage;
