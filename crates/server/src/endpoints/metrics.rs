//! `GET /metrics`: for Prometheus. Who may see it: docs/operations.md.

use crate::extract::Accepted;
use crate::metrics::{older, operator, render};
use crate::problem::{Code, Problem};
use crate::state::Api;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The form before it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The figures of the installation, for Prometheus. Open to this machine itself, to whoever has the token of the settings, and to whoever is signed in.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "The metrics.",
        content((String = "application/openmetrics-text"), (String = "text/plain")))))]
pub(crate) async fn metrics(State(api): State<Api>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let accepted = Accepted::of(&parts.headers);
    let is_older = accepted.weight("text/plain") > accepted.weight("application/openmetrics-text");
    let operator = operator(&api, &mut parts).await?;
    let figures = api.engine().counted(&operator).await?;
    let text = render(&figures, api.metrics())
        .map_err(|error| Problem::new(Code::Internal, format!("the metrics cannot be written: {error}")))?;
    Ok(if is_older {
        ([(CONTENT_TYPE, TEXT)], older(&text)).into_response()
    } else {
        ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response()
    })
}
