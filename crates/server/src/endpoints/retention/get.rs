//! `GET /settings/retention`

use super::shape::{Retention, tag};
use crate::auth::SignedIn;
use crate::extract::Tagged;
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// How long what is kept.
#[utoipa::path(get, path = "/settings/retention", tag = "settings",
    responses((status = 200, description = "The setting.", body = Retention, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_retention(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
) -> Result<Tagged<Retention>, Problem> {
    let kept = api.engine().retention(&operator).await?;
    Ok(Tagged(tag(&kept), kept.into()))
}
