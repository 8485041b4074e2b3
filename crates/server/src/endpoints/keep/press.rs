//! `POST /keep/{token}`

use super::{KeepPath, page, refused};
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

/// The button of that page: the account is exempt for as long as the policy says. Pressed again, it says the same. An account that is gone is not exempt, and the page says so.
#[utoipa::path(post, path = "/keep/{token}", tag = "notifications", params(KeepPath), security(()), responses(
    (status = 200, description = "The account is kept; the page says until when.", body = String, content_type = "text/html"),
    (status = 404, description = "No such link was sent.", body = String, content_type = "text/html"),
    (status = 410, description = "The link is no longer valid, or the account is gone.", body = String, content_type = "text/html"),
    (status = 503, description = "Not at this moment.", body = String, content_type = "text/html")))]
pub(crate) async fn keep(
    State(api): State<Api>,
    InPath(path): InPath<KeepPath>,
) -> Result<Response, Problem> {
    Ok(match api.engine().keep(&path.token).await {
        Ok(view) => page::answer(StatusCode::OK, &page::kept(&view)),
        Err(error) => refused(&error),
    })
}
