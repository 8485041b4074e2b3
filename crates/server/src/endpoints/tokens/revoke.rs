//! `DELETE /tokens/{token}`

use super::shape::TokenPath;
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use http::StatusCode;

/// Takes a token back, for good: one's own, or, as an admin, anybody's.
#[utoipa::path(delete, path = "/tokens/{token}", tag = "sign-in", params(TokenPath),
    responses((status = 204, description = "Revoked.")))]
pub(crate) async fn revoke_token(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<TokenPath>,
) -> Result<StatusCode, Problem> {
    api.engine().revoke_token(&operator, &path.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
