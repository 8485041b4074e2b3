//! `DELETE /operators/{operator}/sessions/{session}`

use crate::auth::SignedIn;
use crate::extract::{InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

/// The session in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionPath {
    /// Whose it is.
    #[param(value_type = String, min_length = 1, max_length = 64, example = "mira")]
    operator: Text<1, 64>,
    /// Its id.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    session: Text<1, 64>,
}

/// Ends one session. Everybody may end their own.
#[utoipa::path(delete, path = "/operators/{operator}/sessions/{session}", tag = "sign-in", params(SessionPath),
    responses((status = 204, description = "Ended.")))]
pub(crate) async fn end_session(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SessionPath>,
) -> Result<StatusCode, Problem> {
    api.engine().end_session(&operator, &path.operator, &path.session).await?;
    Ok(StatusCode::NO_CONTENT)
}
