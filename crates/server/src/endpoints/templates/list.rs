//! `GET /templates`

use super::shape::Template;
use crate::auth::SignedIn;
use crate::extract::{Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;

/// The templates of mails.
#[utoipa::path(get, path = "/templates", tag = "templates", params(PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Template>)))]
pub(crate) async fn list_templates(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    paging: Paging,
) -> Result<Page<Template>, Problem> {
    let templates = api.engine().templates(&operator).await?;
    Ok(paging.cut(templates, |view| view.name.as_str().to_owned())?.map(Template::of))
}
