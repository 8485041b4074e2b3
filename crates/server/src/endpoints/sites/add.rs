//! `POST /sites`

use super::address::GivenCredentials;
use super::attempt;
use super::profile::Profile;
use super::shape::{Settings, Site, tag};
use crate::auth::May;
use crate::extract::{Body, Tagged, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rollcall_engine::{Connection, NewSite, UseCase};
use rollcall_model::{Product, SiteName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A site to be connected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewSite, example = json!({
    "name": "wiki", "kind": "confluence-dc", "url": "https://wiki.example.org/confluence", "credentials": { "token": "…" }
}))]
pub(crate) struct Request {
    /// What it is to be called: letters, digits, `-`, `_`, `.`.
    #[schema(value_type = String, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    name: SiteName,
    /// The product.
    #[schema(value_type = String, pattern = "^confluence-dc$")]
    kind: Product,
    /// Scheme, host, port and context path.
    url: Text<1, 2000>,
    /// How to sign in there.
    credentials: GivenCredentials,
    /// Further certificate authorities to trust, PEM.
    #[serde(default)]
    certificate_authorities: Option<Text<1, 200_000>>,
    /// What Rollcall is to know about the site.
    #[serde(default)]
    settings: Settings,
}

impl Request {
    /// For the engine.
    fn read(self) -> Result<(SiteName, Connection), Problem> {
        let Self { name, kind, url, credentials, certificate_authorities, settings } = self;
        let tried = attempt::Request { kind, url, credentials, certificate_authorities, settings };
        Ok((name, tried.read()?))
    }
}

/// A site that was connected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectedSite)]
pub(crate) struct Answer {
    /// The site.
    site: Site,
    /// What it says of itself.
    profile: Profile,
}

/// Connects a site. It is asked who it is, and kept only if it answers as it should.
#[utoipa::path(post, path = "/sites", tag = "sites", request_body = Request, responses(
    (status = 201, description = "It is connected.", body = Answer, headers(
        ("etag" = String, description = "Its version."), ("location" = String, description = "Its address here."))),
    (status = 502, description = "The site did not answer as it should: wrong address, refused credentials, a certificate of nobody known.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn add_site(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeSite as usize }>,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let (name, connection) = body.read()?;
    let new = NewSite { name: name.clone(), connection };
    let profile = api.engine().add_site(&operator, new).await?;
    let view = api.engine().site(&operator, &name).await?;
    let tag = tag(&view);
    let answer = Answer { site: Site::of(view), profile: Profile::from(profile) };
    let mut response = (StatusCode::CREATED, Tagged(tag, answer)).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/sites/{name}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
