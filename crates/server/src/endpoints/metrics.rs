//! `GET /metrics`: for Prometheus. Who may see it: docs/operations.md.

use crate::metrics::{operator, render};
use crate::problem::{Code, Problem};
use crate::state::Api;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures of the installation, for Prometheus. Open to this machine itself, to whoever has the token of the settings, and to whoever is signed in.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "The metrics.", body = String, content_type = "application/openmetrics-text")))]
pub(crate) async fn metrics(State(api): State<Api>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let operator = operator(&api, &mut parts).await?;
    let figures = api.engine().counted(&operator).await?;
    let text = render(&figures, api.metrics())
        .map_err(|error| Problem::new(Code::Internal, format!("the metrics cannot be written: {error}")))?;
    Ok(([(CONTENT_TYPE, TYPE)], text).into_response())
}
