//! `GET /sites/{site}/exemptions/{kind}/{name}`

use super::shape::{Exemption, ExemptionPath, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The exemption of an account or a group itself, also one that has ended.
#[utoipa::path(get, path = "/sites/{site}/exemptions/{kind}/{name}", tag = "exemptions", params(ExemptionPath),
    responses((status = 200, description = "The exemption.", body = Exemption, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_exemption(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<ExemptionPath>,
) -> Result<Tagged<Exemption>, Problem> {
    let view = api.engine().exemption(&operator, &path.site, path.who()).await?;
    Ok(Tagged(tag(&view), Exemption::of(view)))
}
