//! A browser at the provider: follows redirects, keeps cookies, fills in the forms.

use reqwest::{Client, Method, Response, header};
use rollcall_testkit::OidcProvider;
use std::collections::BTreeMap;
use url::Url;

pub(crate) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { client: client.build().expect("a client"), cookies: BTreeMap::new() }
    }

    /// Signs in by that name from the address that the provider was given, as far as the way back: gives where it leads.
    pub(crate) async fn sign_in(&mut self, name: &str, begin: &Url, redirect: &str) -> Url {
        let mut at = begin.clone();
        let mut answer = self.send(Method::GET, &at, None).await;
        for _ in 0..12 {
            if let Some(place) = answer.headers().get(header::LOCATION) {
                at = at.join(place.to_str().expect("an address")).expect("an address");
                if at.as_str().starts_with(redirect) {
                    return at;
                }
                answer = self.send(Method::GET, &at, None).await;
                continue;
            }
            assert!(answer.status().is_success(), "{at}: {}", answer.status());
            let page = answer.text().await.expect("a page");
            let after = |text: &str| {
                page.split(text).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
            };
            let action = after("action=\"").unwrap_or_else(|| panic!("no form on {page}"));
            let form = if page.contains("value=\"login\"") {
                format!("prompt=login&login={name}&password=anything")
            } else {
                "prompt=consent".to_owned()
            };
            at = at.join(&action).expect("an address");
            answer = self.send(Method::POST, &at, Some(form)).await;
        }
        panic!("never came back; last at {at}");
    }

    async fn send(&mut self, method: Method, url: &Url, form: Option<String>) -> Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method, url.clone()).header(header::COOKIE, cookies.join("; "));
        if let Some(form) = form {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        }
        let answer = request.send().await.expect("an answer");
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

/// Says what the provider is to say of somebody.
pub(crate) async fn tell(provider: &OidcProvider, name: &str, claims: &str) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
    let put = client.put(format!("{}/accounts/{name}", provider.issuer)).body(claims.to_owned());
    assert!(put.send().await.expect("an answer").status().is_success());
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}
