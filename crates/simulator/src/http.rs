//! HTTP as far as this room needs it: requests taken apart, answers put together, connections accepted.

mod listen;
mod reply;
mod request;

pub(crate) use listen::{Cut, Wire, accept, cut_body, wire};
pub(crate) use reply::{Kind, Reply};
pub(crate) use request::Request;
