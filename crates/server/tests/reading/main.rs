//! An installation over HTTP: accounts, policies, plans, runs and their events, audit, overview, and what jobs come to; through the router, at a
//! simulated site.

mod accounts;
mod doing;
mod events;
mod plans;
mod policies;
mod stage;
