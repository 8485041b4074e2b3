//! `GET /operators/{operator}/sessions`

use super::shape::OperatorPath;
use crate::doorkeeper::Recognised;
use crate::extract::{InPath, Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::SessionView;
use serde::Serialize;
use utoipa::ToSchema;

/// A session that has not ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpenSession {
    /// Its id.
    id: String,
    /// Whether it is the one of this request.
    is_current: bool,
    /// When it began.
    created_at: Timestamp,
    /// When it was used last, to the minute.
    seen_at: Timestamp,
    /// When it ends unless it is used.
    idle_ends_at: Timestamp,
    /// When it ends in any case.
    ends_at: Timestamp,
    /// Where it was begun from.
    #[schema(example = "192.0.2.7")]
    address: String,
    /// With what.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0")]
    agent: String,
}

impl OpenSession {
    fn of(view: SessionView, current: Option<&str>) -> Self {
        Self {
            is_current: current == Some(view.id.as_str()),
            id: view.id,
            created_at: view.created_at,
            seen_at: view.seen_at,
            idle_ends_at: view.idle_ends_at,
            ends_at: view.ends_at,
            address: view.address,
            agent: view.agent,
        }
    }
}

/// The sessions of an operator that have not ended, oldest first. Everybody may see their own.
#[utoipa::path(get, path = "/operators/{operator}/sessions", tag = "sign-in", params(OperatorPath, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<OpenSession>)))]
pub(crate) async fn list_sessions(
    State(api): State<Api>,
    Recognised(who): Recognised,
    InPath(path): InPath<OperatorPath>,
    paging: Paging,
) -> Result<Page<OpenSession>, Problem> {
    let mut sessions = api.engine().sessions(who.operator(), &path.operator).await?;
    sessions.sort_by(|one, other| one.id.cmp(&other.id));
    let page = paging.cut(sessions, |session| session.id.clone())?;
    Ok(page.map(|view| OpenSession::of(view, who.session())))
}
