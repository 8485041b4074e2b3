//! The REST resources. Each module is a group of the contract; a handler gives the answer, or the refusal as `Err`.

pub(crate) mod accounts;
pub(crate) mod admin_groups;
pub(crate) mod admin_users;
pub(crate) mod audit;
pub(crate) mod content;
mod cql;
pub(crate) mod directories;
pub(crate) mod groups;
pub(crate) mod licence;
pub(crate) mod listings;
pub(crate) mod login;
mod page;
pub(crate) mod permissions;
mod person;
pub(crate) mod search;
pub(crate) mod spaces;
pub(crate) mod system;
pub(crate) mod tasks;
pub(crate) mod tokens;

use crate::http::Reply;

/// An answer, or why there is none.
pub(crate) type Answer = Result<Reply, Reply>;
