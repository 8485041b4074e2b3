//! `POST /mails/{mail}/discard`

use super::shape::{Mail, MailPath};
use crate::auth::May;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Gives a mail up that waits or failed. One that is being sent at this moment may still arrive.
#[utoipa::path(post, path = "/mails/{mail}/discard", tag = "mails", params(MailPath),
    responses((status = 200, description = "The mail as it is now.", body = Mail)))]
pub(crate) async fn discard_mail(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeMail as usize }>,
    InPath(path): InPath<MailPath>,
) -> Result<Json<Mail>, Problem> {
    Ok(Json(Mail::of(api.engine().discard_mail(&operator, &path.mail).await?)))
}
