//! Policies that wait for events, and notices to the owners of accounts: from the simulated site to the run, the mail and the link.

mod failing;
mod giving_back;
mod keeping;
mod polling;
mod stage;
mod telling;
mod working;
