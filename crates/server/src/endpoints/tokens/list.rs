//! `GET /tokens`

use super::shape::Token;
use crate::auth::SignedIn;
use crate::extract::{Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

/// Whose tokens.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// Those of this operator; default: one's own. `*` for those of everybody.
    #[param(value_type = String, min_length = 1, max_length = 64, example = "*")]
    #[serde(default)]
    owner: Option<Text<1, 64>>,
}

/// Tokens that were not revoked, oldest first: one's own, or, as an admin, those of others.
#[utoipa::path(get, path = "/tokens", tag = "sign-in", params(Whose, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Token>)))]
pub(crate) async fn list_tokens(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    Paged(whose, paging): Paged<Whose>,
) -> Result<Page<Token>, Problem> {
    let owner = whose.owner.as_deref().unwrap_or(operator.name());
    let mut tokens = api.engine().tokens(&operator, Some(owner).filter(|owner| *owner != "*")).await?;
    tokens.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(paging.cut(tokens, |token| token.id.clone())?.map(Token::of))
}
