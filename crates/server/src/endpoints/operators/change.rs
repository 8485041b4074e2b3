//! `PATCH /operators/{operator}`

use super::shape::{Operator, OperatorPath, RoleWord, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, InPath, Tagged, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::{OperatorEdit, UseCase};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = OperatorChange, example = json!({ "role": "approver" }))]
pub(crate) struct Request {
    /// What they are called.
    #[serde(default)]
    display_name: Option<Text<1, 200>>,
    /// Where mail reaches them; an empty text forgets it.
    #[serde(default)]
    email: Option<Text<0, 254>>,
    /// What they may do. Their sessions end.
    #[serde(default)]
    role: Option<RoleWord>,
    /// Whether they may sign in. If not, their sessions end, and their tokens are good no more.
    #[serde(default)]
    is_active: Option<bool>,
}

/// Changes an operator. The last active admin stays one.
#[utoipa::path(patch, path = "/operators/{operator}", tag = "sign-in", params(OperatorPath, IfMatchHeader), request_body = Request,
    responses((status = 200, description = "The operator as they are now.", body = Operator, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn change_operator(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeOperators as usize }>,
    InPath(path): InPath<OperatorPath>,
    meant: IfMatch,
    Body(body): Body<Request>,
) -> Result<Tagged<Operator>, Problem> {
    let engine = api.engine();
    let there = engine.operator(&operator, &path.operator).await?;
    meant.check(&tag(&there))?;
    let edit = OperatorEdit {
        display_name: body.display_name.map(Text::into_inner),
        email: body.email.map(Text::into_inner),
        role: body.role.map(Into::into),
        is_active: body.is_active,
    };
    let view = engine.change_operator(&operator, &path.operator, &edit, Some(there.changed_at)).await?;
    Ok(Tagged(tag(&view), Operator::of(view)))
}
