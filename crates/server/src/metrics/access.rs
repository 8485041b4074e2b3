//! Who may see the metrics.

use crate::frame::Client;
use crate::problem::Problem;
use crate::state::Api;
use http::header::AUTHORIZATION;
use http::request::Parts;
use rollcall_engine::{Operator, Role};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Who may see the metrics without signing in. Whoever is signed in, or has a token, with at least the role viewer may always.
#[derive(Debug, Clone, Default)]
pub struct MetricsAccess {
    /// Everybody who reaches the server. Otherwise whoever asks from this machine itself.
    pub is_public: bool,
    /// Whoever brings this token, as `Authorization: Bearer …`.
    pub token: Option<SecretString>,
}

impl MetricsAccess {
    fn lets_in(&self, parts: &Parts) -> bool {
        self.is_public || is_from_here(parts) || self.token.as_ref().is_some_and(|token| brings(parts, token))
    }
}

/// From this machine and by nobody's hand: a proxy that is not trusted also asks from here.
fn is_from_here(parts: &Parts) -> bool {
    let is_forwarded = ["x-forwarded-for", "forwarded"].iter().any(|name| parts.headers.contains_key(*name));
    let client = parts.extensions.get::<Client>();
    !is_forwarded && client.is_some_and(|client| client.address.is_loopback() && !client.is_proxied)
}

fn brings(parts: &Parts, token: &SecretString) -> bool {
    let given = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer "));
    // Hashes are compared, so that the time it takes tells nothing of the token.
    given.is_some_and(|given| Sha256::digest(given) == Sha256::digest(token.expose_secret()))
}

/// In whose name the figures are read.
pub(crate) async fn operator(api: &Api, parts: &mut Parts) -> Result<Operator, Problem> {
    if api.settings().metrics.lets_in(parts) {
        return Ok(Operator::remote("metrics", Role::Viewer));
    }
    api.authenticate().operator(parts).await?.ok_or_else(Problem::not_signed_in)
}
