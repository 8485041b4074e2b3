//! Criteria: the language that selects accounts (product.md §3).
//!
//! Here: the fields, parse, print, check against a site, complete, evaluate over a snapshot, sort, explain, describe in words.
//! Not here: where snapshots come from, what is done to the accounts found.
//! To add a field: one entry in `FIELDS` (`field.rs`), its meaning in `evaluate/clause.rs`, `value.rs`, `sort.rs` and `describe.rs`, one row in
//! `docs/criteria.md`, and in the tests' naive evaluator. The compiler and the tests name each place that is missing.

mod check;
mod complete;
mod describe;
mod error;
mod evaluate;
mod explain;
mod field;
mod idleness;
mod literal;
mod nearest;
mod parse;
mod period;
mod print;
mod render;
mod select;
mod sort;
mod token;
mod tree;
mod value;

pub use check::check;
pub use complete::{Completion, Proposal, ProposalKind, complete};
pub use describe::describe;
pub use error::{CriterionError, Problem};
pub use explain::{Explanation, Proof, Step, Verdict, explain};
pub use field::{FIELDS, Field, FieldInfo, FieldType, Operator};
pub use nearest::nearest;
pub use parse::parse;
pub use period::{Period, Unit};
pub use render::Position;
pub use select::{Selection, select};
pub use tree::{Clause, Criterion, Direction, Expr, Literal, OrderBy, State, Test};
pub use value::{Value, value};
