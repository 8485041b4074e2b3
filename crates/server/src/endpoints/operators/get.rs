//! `GET /operators/{operator}`

use super::shape::{Operator, OperatorPath, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// One operator. Everybody may see themselves.
#[utoipa::path(get, path = "/operators/{operator}", tag = "sign-in", params(OperatorPath),
    responses((status = 200, description = "The operator.", body = Operator, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_operator(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<OperatorPath>,
) -> Result<Tagged<Operator>, Problem> {
    let view = api.engine().operator(&operator, &path.operator).await?;
    Ok(Tagged(tag(&view), Operator::of(view)))
}
