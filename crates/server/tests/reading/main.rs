//! An installation over HTTP: accounts, policies, plans, runs and their events, audit, overview, and what jobs come to; through the router, at a
//! simulated site.

mod accounts;
mod choosing;
mod doing;
mod events;
mod mail_settings;
mod plans;
mod policies;
mod protections;
mod requests;
mod stage;
mod telling;
