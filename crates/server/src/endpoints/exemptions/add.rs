//! `POST /sites/{site}/exemptions`

use super::shape::{Exemption, Kind, tag};
use crate::auth::May;
use crate::endpoints::sites::SitePath;
use crate::extract::{Body, IfMatch, InPath, Text};
use crate::problem::{Code, Part, Problem};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use rollcall_engine::{EngineError, ExemptionView, Replaces, UseCase};
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

/// The version that is to be replaced.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its documentation is read")]
pub(crate) struct ReplacedVersion {
    /// The `ETag` of the exemption that is replaced, or `*` for whatever there is; left out = there is none yet, or it has ended.
    #[param(rename = "If-Match", required = false)]
    if_match: String,
}

/// Exempts an account or a group. Whoever is exempt already is a conflict, unless `If-Match` says that it is to be replaced.
#[utoipa::path(post, path = "/sites/{site}/exemptions", tag = "exemptions", params(SitePath, ReplacedVersion), request_body = Request,
    responses((status = 201, description = "It is exempt.", body = Exemption)))]
pub(crate) async fn add_exemption(
    State(api): State<Api>,
    May(operator): May<{ UseCase::Exempt as usize }>,
    InPath(path): InPath<SitePath>,
    meant: Option<IfMatch>,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<Exemption>), Problem> {
    let engine = api.engine();
    if body.until.is_some_and(|until| until <= engine.now()) {
        return Err(Problem::body("/until", "is in the past: it would exempt nobody"));
    }
    if body.reason.trim().is_empty() {
        return Err(Problem::body("/reason", "is empty: whoever meets it in a year must understand it"));
    }
    let who = body.kind.named(&body.name);
    let replaces = match meant {
        Some(meant) => replaced(engine.exemption(&operator, &path.site, who).await, &meant)?,
        None => Replaces::Nothing,
    };
    engine.exempt(&operator, &path.site, who, &body.reason, body.until, replaces).await?;
    let made = engine.exemption(&operator, &path.site, who).await?;
    Ok((StatusCode::CREATED, Json(Exemption::of(made))))
}

/// What the new one takes the place of, for a caller who says which is there.
fn replaced(there: Result<ExemptionView, EngineError>, meant: &IfMatch) -> Result<Replaces, Problem> {
    match there {
        Ok(there) => meant.check(&tag(&there)).map(|()| Replaces::Only(there.added_at)),
        Err(EngineError::NotFound { what: "exemption of", .. }) => {
            let words = "there is no exemption of it any more; leave `If-Match` out to make one";
            Err(Problem::at(Code::PreconditionFailed, Part::Header, "if-match", words))
        }
        Err(error) => Err(error.into()),
    }
}
