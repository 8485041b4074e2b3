//! `GET /operators`

use super::shape::Operator;
use crate::auth::May;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;

/// The operators, by name.
#[utoipa::path(get, path = "/operators", tag = "sign-in", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Operator>)))]
pub(crate) async fn list_operators(
    State(api): State<Api>,
    May(operator): May<{ UseCase::SeeOperators as usize }>,
    paging: Paging,
) -> Result<Page<Operator>, Problem> {
    let mut operators = api.engine().operators(&operator).await?;
    operators.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(paging.cut(operators, |operator| operator.name.clone())?.map(Operator::of))
}
