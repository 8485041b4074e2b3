//! `POST /templates/{template}/preview`

use super::shape::{TemplatePath, Texts};
use crate::auth::SignedIn;
use crate::extract::{Body, InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_model::RunId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TemplatePreviewRequest, example = json!({ "run": "01890000-0000-7000-8000-000000000000" }))]
pub(crate) struct Request {
    /// With these texts, for who may keep them (role admin); left out = those in use.
    #[serde(default)]
    texts: Option<Texts>,
    /// The mail of this run; left out = of a sample.
    #[serde(default)]
    run: Option<Text<1, 80>>,
}

/// The mail as it would be sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplatePreview)]
pub(crate) struct Preview {
    /// One line.
    subject: String,
    /// The plain text.
    text: String,
    /// The HTML. Show it in a sandboxed frame: it is whatever the template says.
    html: String,
}

/// Shows the mail that a template makes. Changes and sends nothing.
#[utoipa::path(post, path = "/templates/{template}/preview", tag = "templates", extensions(("x-changes-nothing" = json!(true))), params(TemplatePath), request_body = Request,
    responses((status = 200, description = "The mail.", body = Preview)))]
pub(crate) async fn preview_template(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<TemplatePath>,
    Body(body): Body<Request>,
) -> Result<Json<Preview>, Problem> {
    let run = body.run.map(|run| RunId::from(run.into_inner()));
    let texts = body.texts.map(Texts::read);
    let mail = api.engine().preview_template(&operator, path.name()?, texts, run.as_ref()).await?;
    Ok(Json(Preview { subject: mail.subject, text: mail.text, html: mail.html }))
}
