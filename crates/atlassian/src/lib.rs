//! Sites over HTTP: what Atlassian's products answer, and how they are asked without being hurt.
//!
//! Here: one transport (pacing, retry, what an answer means) shared by every product, and a module for each product that
//! implements [`rollcall_site::Observe`] and [`rollcall_site::Act`] by its contract: [`confluence_dc`].
//! Not here: judgement about accounts (room `planner`), durable state (room `store`), any clock but the monotonic one.
//! To add a product: a module beside `confluence_dc` with its wire types, its paging and its capability table; a quirk of a
//! product belongs in that product's module, never in `transport`.

pub mod confluence_dc;
mod transport;

pub use confluence_dc::{ConfluenceDc, connect};
pub use transport::RequestCounts;
