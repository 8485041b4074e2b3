//! The client against simulated sites, and against small servers that misbehave in one way each.

mod acting;
mod bad_address;
mod bad_paging;
mod happening;
mod looking;
mod observing;
mod stage;
mod throttling;
mod tracing;
