//! The API as a caller meets it: requests in, answers out, an installation with a simulated site behind.

mod bad_input;
mod criteria;
mod frame;
mod freezes;
mod idempotency;
mod lists;
mod metrics;
mod pages;
mod proxies;
mod sites;
mod socket;
mod stage;
mod tls;
mod wire;
