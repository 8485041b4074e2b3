//! `PUT /templates/{template}`

use super::shape::{Template, TemplatePath, Texts, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, InPath, Tagged};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Keeps a template of your own. One that does not render is refused, with the part, line and column, and nothing is changed.
#[utoipa::path(put, path = "/templates/{template}", tag = "templates", params(TemplatePath, IfMatchHeader), request_body = Texts,
    responses((status = 200, description = "The template as it is now.", body = Template, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn put_template(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeTemplate as usize }>,
    InPath(path): InPath<TemplatePath>,
    meant: IfMatch,
    Body(body): Body<Texts>,
) -> Result<Tagged<Template>, Problem> {
    let name = path.name()?;
    let there = api.engine().template(&operator, name).await?;
    meant.check(&tag(&there))?;
    let view = api.engine().set_template(&operator, name, body.read(), Some(there.version)).await?;
    Ok(Tagged(tag(&view), Template::of(view)))
}
