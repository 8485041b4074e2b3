//! `GET /tokens/{token}`

use super::shape::{Token, TokenPath};
use crate::auth::SignedIn;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;

/// One token: one's own, or, as an admin, anybody's.
#[utoipa::path(get, path = "/tokens/{token}", tag = "sign-in", params(TokenPath),
    responses((status = 200, description = "The token.", body = Token)))]
pub(crate) async fn get_token(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<TokenPath>,
) -> Result<Json<Token>, Problem> {
    Ok(Json(Token::of(api.engine().token(&operator, &path.token).await?)))
}
