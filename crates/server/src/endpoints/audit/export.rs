//! `GET /audit/export`

use crate::auth::SignedIn;
use crate::problem::Problem;
use crate::rows::body_of;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

/// The whole audit log, an entry in each line, the head as the last: `rollcall audit verify FILE` verifies it anywhere.
#[utoipa::path(get, path = "/audit/export", tag = "audit",
    responses((status = 200, description = "The log.", content((String = "application/x-ndjson")))))]
pub(crate) async fn export_audit(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
) -> Result<Response, Problem> {
    let export = api.engine().stream_audit(&operator).await?;
    let lines = futures::stream::unfold(export, |mut export| async move {
        // The answer has begun: all that can be done about an error is to break off. Without its head line nobody takes it for whole.
        let lines = export.next().await?.map_err(|error| std::io::Error::other(error.to_string()));
        Some((lines, export))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"rollcall-audit.jsonl\""),
    ];
    Ok((headers, body_of(lines)).into_response())
}
