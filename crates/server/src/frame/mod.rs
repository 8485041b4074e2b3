//! What happens to every request before it reaches its endpoint, and to every answer on its way out.

mod client;
mod declared;
mod finish;
mod headers;
mod host;
mod idempotency;
mod loggable;
mod plain_errors;
mod trace;

pub use client::Client;
pub(crate) use client::Peer;

pub(crate) use client::layer as client;
pub(crate) use declared::{Declared, Operations, declaration, layer as declared};
pub(crate) use finish::layer as finish;
pub(crate) use headers::{CONTENT_SECURITY_POLICY, layer as headers};
pub(crate) use host::layer as host;
pub(crate) use idempotency::{IDEMPOTENCY_KEY, layer as idempotency};
pub(crate) use plain_errors::{layer as plain_errors, panicked};
pub(crate) use trace::layer as trace;
