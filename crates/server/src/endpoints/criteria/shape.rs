//! What the endpoints of criteria share.

use crate::problem::Problem;
use rollcall_criteria::{Criterion, CriterionError, parse};
use rollcall_engine::EngineError;
use serde::Serialize;
use utoipa::ToSchema;

/// A criterion that can be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Described {
    /// Whom it selects, in plain words.
    #[schema(example = "enabled accounts that have been idle for at least 90 days")]
    description: String,
    /// The criterion as it is usually written.
    #[schema(example = "status = enabled AND idle >= 90d")]
    canonical: String,
}

impl Described {
    pub(crate) fn of(criterion: &Criterion) -> Self {
        Self { description: rollcall_criteria::describe(criterion), canonical: criterion.to_string() }
    }
}

/// Reads a criterion.
pub(crate) fn read(text: &str) -> Result<Criterion, Problem> {
    parse(text).map_err(|error| wrong(text, error))
}

/// What is wrong with a criterion, as a problem with its place.
pub(crate) fn wrong(text: &str, error: CriterionError) -> Problem {
    EngineError::Criterion { text: text.to_owned(), error: Box::new(error) }.into()
}
