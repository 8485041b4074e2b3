//! `GET /templates/{template}`

use super::shape::{Template, TemplatePath, tag};
use crate::auth::SignedIn;
use crate::extract::{InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// One template: your own texts, and those that come with Rollcall.
#[utoipa::path(get, path = "/templates/{template}", tag = "templates", params(TemplatePath),
    responses((status = 200, description = "The template.", body = Template, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn get_template(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<TemplatePath>,
) -> Result<Tagged<Template>, Problem> {
    let view = api.engine().template(&operator, path.name()?).await?;
    Ok(Tagged(tag(&view), Template::of(view)))
}
