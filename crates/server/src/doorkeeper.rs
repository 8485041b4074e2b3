//! Who a request comes from: by a token in `Authorization`, else by the cookie of a session.

use crate::auth::Authenticate;
use crate::cookie;
use crate::frame::Client;
use crate::problem::{Code, Problem};
use axum::extract::FromRequestParts;
use futures::future::BoxFuture;
use http::request::Parts;
use http::{HeaderMap, header};
use rollcall_engine::{Engine, Operator, Origin, SignedIn};
use secrecy::SecretString;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Recognises operators by sessions and tokens.
pub struct Doorkeeper {
    engine: Arc<Engine>,
}

impl Doorkeeper {
    /// At the door of that installation.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    async fn recognise(&self, parts: &Parts) -> Result<Option<SignedIn>, Problem> {
        // Whoever brings a token means it: a token that is not good is not made up for by a cookie.
        if let Some(token) = bearer(&parts.headers)? {
            let who = self.engine.authenticate_token(&token).await?;
            let words = "this token is not known here, has expired or was revoked, or its owner may no longer sign in";
            return who.map(Some).ok_or_else(|| Problem::new(Code::NotSignedIn, words).challenged());
        }
        let client = client(parts);
        match cookie::read(&parts.headers, cookie::session_name(client.is_secure)) {
            Some(secret) => Ok(self.engine.authenticate_session(&secret).await?),
            None => Ok(None),
        }
    }
}

impl Authenticate for Doorkeeper {
    fn operator<'a>(&'a self, parts: &'a mut Parts) -> BoxFuture<'a, Result<Option<Operator>, Problem>> {
        Box::pin(async move {
            parts.extensions.remove::<Recognised>();
            let Some(who) = self.recognise(parts).await? else { return Ok(None) };
            let operator = who.operator().clone();
            parts.extensions.insert(Recognised(who));
            Ok(Some(operator))
        })
    }
}

/// The operator who asks, and what they were recognised by; without one the answer is 401.
#[derive(Debug, Clone)]
pub(crate) struct Recognised(pub SignedIn);

impl<S: Send + Sync> FromRequestParts<S> for Recognised {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::not_signed_in)
    }
}

/// Where a request comes from, for the engine; and what the browser brings.
#[derive(Debug)]
pub(crate) struct Caller {
    /// For the engine.
    pub(crate) origin: Origin,
    /// Whether the way to the caller is encrypted.
    pub(crate) is_secure: bool,
    /// What the browser holds of a session before.
    pub(crate) previous: Option<SecretString>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let client = client(parts);
        let agent =
            parts.headers.get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        Ok(Self {
            origin: Origin::new(client.address, &agent.unwrap_or_default()),
            is_secure: client.is_secure,
            previous: cookie::read(&parts.headers, cookie::session_name(client.is_secure)),
        })
    }
}

fn client(parts: &Parts) -> Client {
    // The frame always leaves one; without it nothing is known of the caller, and nothing is taken for encrypted.
    parts.extensions.get::<Client>().cloned().unwrap_or(Client {
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        is_secure: false,
        host: None,
        is_proxied: false,
    })
}

/// The token of a request. Another scheme, or several headers, is an error and not nobody.
fn bearer(headers: &HeaderMap) -> Result<Option<SecretString>, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let wrong = || {
        let words = "one `Authorization: Bearer TOKEN` is expected, with a token made in Rollcall";
        Problem::new(Code::NotSignedIn, words).challenged()
    };
    if given.next().is_some() {
        return Err(wrong());
    }
    let value = value.to_str().map_err(|_| wrong())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(wrong());
    }
    Ok(Some(token.trim().to_owned().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use secrecy::ExposeSecret;

    fn of(values: &[&'static str]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(|token| token.map(|token| token.expose_secret().to_owned()))
    }

    #[test]
    fn a_token_comes_alone_and_as_bearer() {
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&["Bearer rc_1"]).unwrap().unwrap(), "rc_1");
        assert_eq!(of(&["bearer  rc_1 "]).unwrap().unwrap(), "rc_1");
        for bad in [&["rc_1"][..], &["Basic bWlyYTp4"], &["Bearer a", "Bearer b"], &[""], &["Token x"]] {
            assert!(of(bad).is_err(), "{bad:?}");
        }
    }
}
