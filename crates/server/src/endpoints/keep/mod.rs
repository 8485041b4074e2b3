//! "I still need this": the page behind the link in a notice. For people without an account here: the link is their right, and all
//! they see.

mod look;
mod page;
mod press;

use crate::state::Api;
use axum::response::Response;
use http::StatusCode;
use rollcall_engine::{EngineError, KeepRefusal};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(look::look_at_keep, press::keep))
}

/// Which link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct KeepPath {
    /// What stands in the link of the notice.
    token: String,
}

/// Why there is nothing to press, as a page: whoever opens the link reads no problem documents.
fn refused(error: &EngineError) -> Response {
    let EngineError::Link(refusal) = error else {
        tracing::error!("a link of a notice could not be looked at: {error}");
        let words = "Something went wrong here. Nothing was changed; please try again later.";
        return page::answer(StatusCode::SERVICE_UNAVAILABLE, &page::message("Not at this moment", words));
    };
    let (status, title) = match refusal {
        KeepRefusal::Expired { .. } => (StatusCode::GONE, "This link is no longer valid"),
        KeepRefusal::Gone { .. } => (StatusCode::GONE, "Your account is gone"),
        KeepRefusal::Forged => (StatusCode::NOT_FOUND, "This link does not work"),
        KeepRefusal::Unknown => (StatusCode::NOT_FOUND, "There is nothing to keep"),
    };
    let words = refusal.to_string();
    let mut letters = words.chars();
    let sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    page::answer(status, &page::message(title, &format!("{sentence}.")))
}
