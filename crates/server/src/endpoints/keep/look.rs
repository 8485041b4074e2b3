//! `GET /keep/{token}`

use super::{KeepPath, page, refused};
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

/// The page behind the link in a notice: what it is about, and a button. Changes nothing, because programs that scan mails open every link.
#[utoipa::path(get, path = "/keep/{token}", tag = "notifications", params(KeepPath), security(()), responses(
    (status = 200, description = "The page with the button.", body = String, content_type = "text/html"),
    (status = 404, description = "No such link was sent.", body = String, content_type = "text/html"),
    (status = 410, description = "The link is no longer valid, or the account is gone.", body = String, content_type = "text/html"),
    (status = 503, description = "Not at this moment.", body = String, content_type = "text/html")))]
pub(crate) async fn look_at_keep(
    State(api): State<Api>,
    InPath(path): InPath<KeepPath>,
) -> Result<Response, Problem> {
    Ok(match api.engine().look_at_keep(&path.token).await {
        Ok(view) if view.is_kept => page::answer(StatusCode::OK, &page::kept(&view)),
        Ok(view) => page::answer(StatusCode::OK, &page::question(&view)),
        Err(error) => refused(&error),
    })
}
