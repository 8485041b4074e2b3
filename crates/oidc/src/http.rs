//! The requests to the provider: no redirect is followed, nothing goes in clear text, no answer is endless.

use crate::error::chain;
use crate::settings::{is_loopback, is_safe};
use crate::{OidcError, Settings};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::pin::Pin;
use std::time::Duration;
use url::Url;

/// Longest answer that is read, in bytes.
const LONGEST: usize = 1 << 20;
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);

pub(crate) struct Http(reqwest::Client);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct HttpError(String);

impl Http {
    pub(crate) fn new(settings: &Settings) -> Result<Self, OidcError> {
        // Whoever installed a provider first decides; it is the same one throughout the house.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT);
        if is_loopback(&settings.issuer) {
            builder = builder.no_proxy();
        }
        if settings.issuer.scheme() == "http" {
            // Nothing to verify: the machine's certificate store need not be there.
            builder = builder.tls_certs_only([]);
        } else if let Some(pem) = &settings.ca_pem {
            let found = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| OidcError::Settings(format!("ca-file: {}", chain(&error))))?;
            if found.is_empty() {
                return Err(OidcError::Settings("ca-file: there is no certificate in it".to_owned()));
            }
            builder = builder.tls_certs_merge(found);
        }
        let client = builder.build().map_err(|error| OidcError::Provider {
            issuer: settings.issuer.to_string(),
            reason: format!("no connection could be prepared ({})", chain(&error)),
        })?;
        Ok(Self(client))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let failed = |error: reqwest::Error| HttpError(chain(&error.without_url()));
        let url: Url =
            request.uri().to_string().parse().map_err(|_| HttpError("not an address".to_owned()))?;
        if !is_safe(&url) {
            return Err(HttpError(format!(
                "it names an address that is not encrypted, at {}",
                url.host_str().unwrap_or_default()
            )));
        }
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let mut answer = self.0.execute(request).await.map_err(failed)?;
        if answer.status().is_redirection() {
            return Err(HttpError(format!("it redirects ({})", answer.status())));
        }
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = answer.headers().clone();
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(HttpError("its answer is longer than a mebibyte".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(|error| HttpError(error.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
