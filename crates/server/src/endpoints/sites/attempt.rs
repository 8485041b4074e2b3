//! `POST /sites/try`

use super::address::{self, GivenCredentials};
use super::profile::Profile;
use super::shape::Settings;
use crate::auth::May;
use crate::extract::{Body, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use rollcall_engine::{Connection, UseCase};
use rollcall_model::{AddressRule, Product};
use serde::Deserialize;
use utoipa::ToSchema;

/// A connection to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TriedSite, example = json!({
    "kind": "confluence-dc", "url": "https://wiki.example.org/confluence", "credentials": { "token": "…" }
}))]
pub(crate) struct Request {
    /// The product.
    #[schema(value_type = String, pattern = "^confluence-dc$")]
    pub(super) kind: Product,
    /// Scheme, host, port and context path.
    pub(super) url: Text<1, 2000>,
    /// How to sign in there.
    pub(super) credentials: GivenCredentials,
    /// Further certificate authorities to trust, PEM.
    #[serde(default)]
    pub(super) certificate_authorities: Option<Text<1, 200_000>>,
    /// What Rollcall is to know about the site.
    #[serde(default)]
    pub(super) settings: Settings,
}

impl Request {
    /// For the engine.
    pub(super) fn read(self) -> Result<Connection, Problem> {
        Ok(Connection {
            product: self.kind,
            url: address::url(&self.url)?,
            credentials: self.credentials.read()?,
            certificate_authorities: address::authorities(self.certificate_authorities)?,
            settings: self.settings.read()?,
            // The engine decides by who asks.
            addresses: AddressRule::public_only(),
        })
    }
}

/// Asks a site that is not connected what it is and what it can do. Keeps nothing.
#[utoipa::path(post, path = "/sites/try", tag = "sites", request_body = Request, responses(
    (status = 200, description = "What it says of itself.", body = Profile),
    (status = 502, description = "The site did not answer as it should: wrong address, refused credentials, a certificate of nobody known.",
        body = crate::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn try_site(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeSite as usize }>,
    Body(body): Body<Request>,
) -> Result<Json<Profile>, Problem> {
    Ok(Json(api.engine().try_site(&operator, body.read()?).await?.into()))
}
