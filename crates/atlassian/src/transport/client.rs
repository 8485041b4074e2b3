//! The HTTP client of one site: trust, proxy, time-outs, credentials.

use super::guard::Guard;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Certificate;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use rollcall_model::AddressRule;
use rollcall_site::{Connection, Credentials, SiteError};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use url::{Host, Url};

/// Never `Mozilla`: a server answers a browser's POST with an XSRF refusal before it looks at the credentials (o014).
const USER_AGENT: &str = concat!("rollcall/", env!("CARGO_PKG_VERSION"));
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// The address without what does not belong there, or why it cannot be one.
pub(super) fn site_address(url: &Url) -> Result<Url, SiteError> {
    let mut shown = url.clone();
    // Whatever stands before the `@` may be a password: it is not repeated in an error.
    let had_credentials = !url.username().is_empty() || url.password().is_some();
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    let wrong = |reason: &str| SiteError::NotASite {
        url: shown.to_string(),
        expected: "the address of a site".to_owned(),
        reason: reason.to_owned(),
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("give an address such as https://wiki.example.org/confluence"));
    }
    if had_credentials {
        return Err(wrong(
            "an address must not hold a user name or password: give them as a token or password file",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(
            "give scheme, host, port and context path only, without anything after `?` or `#`",
        ));
    }
    Ok(shown)
}

/// The header that signs in, marked so that it is never printed.
pub(super) fn authorization(credentials: &Credentials) -> Result<HeaderValue, SiteError> {
    let text = match credentials {
        Credentials::Token(token) => format!("Bearer {}", token.expose_secret().trim()),
        Credentials::Basic { username, password } => {
            format!("Basic {}", STANDARD.encode(format!("{username}:{}", password.expose_secret())))
        }
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| SiteError::Unauthorized {
        hint: "the token holds characters that no token has; is the right file given? Nothing was sent"
            .to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Builds the client. Redirects are never followed: where an answer sends us elsewhere, the administrator decides.
pub(super) fn build(
    connection: &Connection,
    base: &Url,
    concurrency: usize,
) -> Result<reqwest::Client, SiteError> {
    // Whoever installed a provider first decides; it is the same one throughout the house.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let timeout = Duration::from_secs(u64::from(connection.settings.pacing.timeout_seconds.max(1)));
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .timeout(timeout)
        .connect_timeout(timeout.min(LONGEST_CONNECT))
        .pool_max_idle_per_host(concurrency)
        .tcp_nodelay(true)
        .gzip(true);
    if connection.addresses != AddressRule::everything() {
        // A proxy would look the name up itself, where the rule does not reach.
        builder = builder.dns_resolver(Guard::new(&connection.addresses)).no_proxy();
    }
    if is_loopback(base) {
        builder = builder.no_proxy();
    }
    let further =
        connection.certificate_authorities.as_ref().map(|pem| authorities(pem, base)).transpose()?;
    if base.scheme() == "http" {
        // Nothing to verify: the machine's certificate store need not be there.
        builder = builder.tls_certs_only([]);
    } else if let Some(further) = further {
        builder = builder.tls_certs_merge(further);
    }
    builder.build().map_err(|error| SiteError::Unreachable {
        url: base.to_string(),
        reason: format!(
            "no connection could be prepared ({}); is the package `ca-certificates` installed?",
            super::trouble::chain(&error)
        ),
    })
}

fn authorities(pem: &str, base: &Url) -> Result<Vec<Certificate>, SiteError> {
    let wrong = |reason: String| SiteError::Unreachable {
        url: base.to_string(),
        reason: format!(
            "the further certificate authorities cannot be read: {reason}. Give them in PEM form, each between BEGIN CERTIFICATE and END CERTIFICATE"
        ),
    };
    let found = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|e| wrong(super::trouble::chain(&e)))?;
    if found.is_empty() {
        return Err(wrong("there is no certificate in them".to_owned()));
    }
    Ok(found)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
