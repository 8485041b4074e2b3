//! Looking at an installation over HTTP: accounts, policies, plans, runs and their events, audit, overview; through the router, at a simulated site.

mod accounts;
mod events;
mod plans;
mod policies;
mod stage;
