//! `POST /mails/{mail}/retry`

use super::shape::{Mail, MailPath};
use crate::auth::May;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::UseCase;

/// Has a mail tried again as soon as mail is sent next. Whoever has it is left out; whoever was refused is asked again.
#[utoipa::path(post, path = "/mails/{mail}/retry", tag = "mails", params(MailPath),
    responses((status = 200, description = "The mail as it is now.", body = Mail)))]
pub(crate) async fn retry_mail(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeMail as usize }>,
    InPath(path): InPath<MailPath>,
) -> Result<Json<Mail>, Problem> {
    Ok(Json(Mail::of(api.engine().retry_mail(&operator, &path.mail).await?)))
}
