//! The address and the credentials of a site, as they are given.

use crate::extract::{Hidden, Text};
use crate::problem::Problem;
use rollcall_engine::Credentials;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;

/// How Rollcall signs in at a site: a token, or a name and a password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenCredentials {
    /// A personal access token.
    #[serde(default)]
    token: Option<Hidden<4096>>,
    /// The sign-in name.
    #[serde(default)]
    username: Option<Text<1, 255>>,
    /// The password.
    #[serde(default)]
    password: Option<Hidden<1024>>,
}

impl GivenCredentials {
    /// One of the two ways.
    pub(crate) fn read(self) -> Result<Credentials, Problem> {
        let wrong = |at, words| Err(Problem::body(at, words));
        match (self.token, self.username, self.password) {
            (Some(token), None, None) => {
                let token = token.into_secret();
                // It stands in a header.
                if token.expose_secret().chars().any(char::is_control) {
                    return wrong("/credentials/token", "holds a line break or another control character");
                }
                Ok(Credentials::Token(token))
            }
            (None, Some(username), Some(password)) => {
                Ok(Credentials::Basic { username: username.into_inner(), password: password.into_secret() })
            }
            (None, Some(_), None) => wrong("/credentials/password", "is missing"),
            (None, None, Some(_)) => wrong("/credentials/username", "is missing"),
            _ => wrong("/credentials", "give either a token, or a username and a password"),
        }
    }
}

/// Reads further certificate authorities: at least one, each in PEM.
pub(super) fn authorities(given: Option<Text<1, 200_000>>) -> Result<Option<String>, Problem> {
    let Some(text) = given.map(Text::into_inner) else { return Ok(None) };
    let mut certificates = CertificateDer::pem_slice_iter(text.as_bytes());
    let wrong =
        "cannot be read; give certificates in PEM form, each between BEGIN CERTIFICATE and END CERTIFICATE";
    match (certificates.next(), certificates.all(|certificate| certificate.is_ok())) {
        (Some(Ok(_)), true) => Ok(Some(text)),
        _ => Err(Problem::body("/certificateAuthorities", wrong)),
    }
}

/// Reads the address of a site.
pub(crate) fn url(text: &str) -> Result<Url, Problem> {
    let wrong = |words: &str| Err(Problem::body("/url", words));
    let Ok(url) = text.parse::<Url>() else {
        return wrong("is no address; one looks like https://wiki.example.org/confluence");
    };
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
        return wrong("begins with https:// and names a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold a name or password; they belong in credentials");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("has scheme, host, port and context path only, nothing after ? or #");
    }
    Ok(url)
}
