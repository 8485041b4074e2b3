//! A session as the API shows it, and the cookie that goes with a new one.

use crate::cookie::{self, SameSite};
use crate::doorkeeper::Caller;
use crate::endpoints::operators::{Operator, RoleWord};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use rollcall_engine::{NewSession, OperatorView, SignedIn, SignedInBy};
use serde::Serialize;
use utoipa::ToSchema;

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    /// The operator.
    operator: Operator,
    /// What this request may do: with a token, what the token may.
    role: RoleWord,
    /// By what.
    by: By,
    /// Id of the session or token.
    id: String,
    /// When it ends unless it is used; `null` for a token.
    idle_ends_at: Option<Timestamp>,
    /// When it ends in any case.
    ends_at: Timestamp,
}

/// What somebody was recognised by.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum By {
    /// By a session.
    Session,
    /// By an API token.
    Token,
}

impl Session {
    /// Of a request.
    pub(crate) fn of(who: &SignedIn, view: OperatorView) -> Self {
        let (by, id, idle_ends_at, ends_at) = match who.by() {
            SignedInBy::Session { id, idle_ends_at, ends_at } => {
                (By::Session, id, Some(*idle_ends_at), *ends_at)
            }
            SignedInBy::Token { id, expires_at, .. } => (By::Token, id, None, *expires_at),
        };
        Self {
            role: who.operator().role().into(),
            operator: Operator::of(view),
            by,
            id: id.clone(),
            idle_ends_at,
            ends_at,
        }
    }
}

/// The answer to a sign-in: the session, and its cookie.
pub(crate) async fn begun(
    api: &Api,
    caller: &Caller,
    status: StatusCode,
    new: NewSession,
) -> Result<Response, Problem> {
    let view = api.engine().operator(&new.operator, new.operator.name()).await?;
    let session = Session {
        role: new.operator.role().into(),
        operator: Operator::of(view),
        by: By::Session,
        id: new.id.clone(),
        idle_ends_at: Some(new.idle_ends_at),
        ends_at: new.ends_at,
    };
    let mut response = (status, Json(session)).into_response();
    response
        .headers_mut()
        .extend(session_cookie(api, caller, &new).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// The cookie of a new session. Where people come back from a provider it must go along with that redirect.
pub(crate) fn session_cookie(api: &Api, caller: &Caller, new: &NewSession) -> Option<http::HeaderValue> {
    let same_site = if api.sign_on().is_some() { SameSite::Lax } else { SameSite::Strict };
    let lasts = new.ends_at.duration_since(api.engine().now()).unsigned_abs();
    cookie::set(cookie::session_name(caller.is_secure), &new.secret, caller.is_secure, same_site, lasts)
}
