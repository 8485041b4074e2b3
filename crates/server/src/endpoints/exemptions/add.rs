//! `POST /sites/{site}/exemptions`

use super::shape::{Exemption, Kind, kind};
use crate::auth::May;
use crate::endpoints::sites::SitePath;
use crate::extract::{Body, InPath, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use rollcall_engine::{ExemptName, UseCase};
use serde::Deserialize;
use utoipa::ToSchema;

/// Whom nothing is to touch from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExemption, example = json!({ "kind": "account", "name": "mira", "reason": "on parental leave", "until": "2027-04-01T00:00:00Z" }))]
pub(crate) struct Request {
    /// An account or a group.
    kind: Kind,
    /// The account's sign-in name, or the group's name, as in the newest snapshot.
    name: Text<1, 255>,
    /// Why.
    reason: Text<1, 1000>,
    /// Until when; left out = for good.
    #[serde(default)]
    until: Option<Timestamp>,
}

/// Exempts an account or a group; an exemption of the same is replaced.
#[utoipa::path(post, path = "/sites/{site}/exemptions", tag = "exemptions", params(SitePath), request_body = Request,
    responses((status = 201, description = "It is exempt.", body = Exemption)))]
pub(crate) async fn add_exemption(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Exempt as usize }>,
    InPath(path): InPath<SitePath>,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<Exemption>), Problem> {
    let engine = api.engine();
    if body.until.is_some_and(|until| until <= engine.now()) {
        return Err(Problem::body("/until", "is in the past: it would exempt nobody"));
    }
    if body.reason.trim().is_empty() {
        return Err(Problem::body("/reason", "is empty: whoever meets it in a year must understand it"));
    }
    let who = match body.kind {
        Kind::Account => ExemptName::Account(&body.name),
        Kind::Group => ExemptName::Group(&body.name),
    };
    engine.exempt(&operator, &path.site, who, &body.reason, body.until).await?;
    let is_it = |view: &rollcall_engine::ExemptionView| {
        kind(&view.subject) == body.kind
            && rollcall_snapshot::fold(&view.name) == rollcall_snapshot::fold(&body.name)
    };
    let made = engine.exemptions(&operator, &path.site).await?.into_iter().find(is_it);
    let made = made.ok_or_else(|| Problem::internal("an exemption that was added is not there"))?;
    Ok((StatusCode::CREATED, Json(Exemption::of(made))))
}
