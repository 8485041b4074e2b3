//! Metrics in the forms of Prometheus (`OpenMetrics` text, and the one before it): who may see them, what is counted here, and what the engine counts.
//!
//! Labels are few and closed: modes, states, outcomes, the names of sites, the routes of the document. Never a name, an address or an id of anybody.
//! To add one: a figure in `engine/src/figures.rs`, a line in `render.rs`, a row in docs/operations.md.

mod access;
mod http;
mod older;
mod render;

pub use access::MetricsAccess;
pub(crate) use access::operator;
pub(crate) use http::{HttpMetrics, layer};
pub(crate) use older::older;
pub(crate) use render::render;
