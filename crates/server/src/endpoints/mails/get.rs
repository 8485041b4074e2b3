//! `GET /mails/{mail}`

use super::shape::{MailPath, WholeMail};
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;

/// One mail, as it is or was sent.
#[utoipa::path(get, path = "/mails/{mail}", tag = "mails", params(MailPath),
    responses((status = 200, description = "The mail.", body = WholeMail)))]
pub(crate) async fn get_mail(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<MailPath>,
) -> Result<Json<WholeMail>, Problem> {
    Ok(Json(WholeMail::of(api.engine().mail(&operator, &path.mail).await?)))
}
