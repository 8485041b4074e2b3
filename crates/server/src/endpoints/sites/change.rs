//! `PATCH /sites/{site}`

use super::address::{self, GivenCredentials};
use super::shape::{SettingsChange, Site, SitePath, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, IfMatchHeader, InPath, Tagged, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::{SiteChange, UseCase};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SiteChange, example = json!({ "settings": { "auditDays": 30 } }))]
pub(crate) struct Request {
    /// Where it is from now on: the same site at another address. With another scheme, host or port, `credentials` is to be given as well:
    /// those of now are sent to no other server than the one they were given for.
    #[serde(default)]
    url: Option<Text<1, 2000>>,
    /// How to sign in from now on.
    #[serde(default)]
    credentials: Option<GivenCredentials>,
    /// Further certificate authorities to trust, PEM.
    #[serde(default)]
    certificate_authorities: Option<Text<1, 200_000>>,
    /// What Rollcall is to know about the site.
    #[serde(default)]
    settings: Option<SettingsChange>,
}

/// Changes a connection. A new address, new credentials and new authorities are tried before they are kept.
#[utoipa::path(patch, path = "/sites/{site}", tag = "sites", params(SitePath, IfMatchHeader), request_body = Request, responses(
    (status = 200, description = "The site as it is now.", body = Site, headers(("etag" = String, description = "Its version."))),
    (status = 502, description = "The site did not answer as it should.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn change_site(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeSite as usize }>,
    InPath(path): InPath<SitePath>,
    meant: IfMatch,
    Body(body): Body<Request>,
) -> Result<Tagged<Site>, Problem> {
    let engine = api.engine();
    let there = engine.site(&operator, &path.site).await?;
    meant.check(&tag(&there))?;
    let change = SiteChange {
        settings: match body.settings {
            Some(change) => change.of(there.settings)?,
            None => there.settings,
        },
        url: body.url.map(|url| address::url(&url)).transpose()?,
        certificate_authorities: address::authorities(body.certificate_authorities)?,
        credentials: body.credentials.map(GivenCredentials::read).transpose()?,
        meant: Some(there.changed_at),
    };
    engine.set_site(&operator, &path.site, change).await?;
    let view = engine.site(&operator, &path.site).await?;
    Ok(Tagged(tag(&view), Site::of(view)))
}
