//! Which names the server answers by, and over which ways. A page elsewhere can let its own name point at this machine (DNS rebinding) and
//! would then be of the same origin; therefore only the name that was configured is answered, and on a loopback address only this machine's
//! own. Where other machines reach the server through a proxy that does TLS, whoever comes past it, or by it in the clear, is not answered.

use crate::frame::Client;
use crate::problem::{Code, Part, Problem};
use crate::settings::ServerSettings;
use crate::state::Api;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use url::Url;

/// Asked by machines that know an address and no name; they tell nothing worth protecting. The metrics do: a page that points its name here
/// would read them as somebody on this machine.
const BY_ANY_NAME: [&str; 2] = ["/healthz", "/readyz"];

/// The layer. Inside [`super::client`].
pub(crate) async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    if BY_ANY_NAME.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let client = request.extensions().get::<Client>();
    if client.is_some_and(|client| comes_in_clear(api.settings(), client)) {
        let words = "this server is reached over TLS only, through its proxy, which says so in X-Forwarded-Proto (or Forwarded); see server.trusted-proxies in rollcall.yaml";
        return Problem::at(Code::WrongHost, Part::Header, "x-forwarded-proto", words).into_response();
    }
    let host = client.and_then(|client| client.host.clone());
    if answers_by(api.settings(), host.as_deref()) {
        return next.run(request).await;
    }
    let words = match &api.settings().public_url {
        Some(url) => format!("this server is {url}; call it by that name, or change server.public-url in rollcall.yaml"),
        None => "this server answers on this machine only; give its name as server.public-url in rollcall.yaml to call it otherwise".to_owned(),
    };
    Problem::at(Code::WrongHost, Part::Header, "host", words).into_response()
}

/// Whether a password would cross the network in the clear.
fn comes_in_clear(settings: &ServerSettings, client: &Client) -> bool {
    let is_of_this_machine = client.address.is_loopback() && !client.is_proxied;
    settings.tls.is_none() && !settings.listen.ip().is_loopback() && !client.is_secure && !is_of_this_machine
}

fn answers_by(settings: &ServerSettings, host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    let is_this_machine = name.eq_ignore_ascii_case("localhost") || is_address(name);
    match &settings.public_url {
        Some(url) => is_named(url, host) || (settings.listen.ip().is_loopback() && is_this_machine),
        // No name can be rebound to an address that is written as an address.
        None => !settings.listen.ip().is_loopback() || is_this_machine,
    }
}

fn is_address(name: &str) -> bool {
    name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// Whether the host is that of the URL, the port of its scheme being the same as none.
fn is_named(url: &Url, host: &str) -> bool {
    let Ok(given) = Url::parse(&format!("{}://{host}/", url.scheme())) else { return false };
    given.host() == url.host() && given.port_or_known_default() == url.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(listen: &str, public: Option<&str>) -> ServerSettings {
        let public_url = public.map(|url| url.parse().unwrap());
        ServerSettings { listen: listen.parse().unwrap(), public_url, ..ServerSettings::default() }
    }

    #[test]
    fn a_name_that_was_pointed_here_from_elsewhere_is_not_answered() {
        let local = settings("127.0.0.1:8474", None);
        for mine in ["localhost:8474", "127.0.0.1:8474", "[::1]:8474", "127.0.0.1"] {
            assert!(answers_by(&local, Some(mine)), "{mine}");
        }
        for other in [Some("evil.example:8474"), Some("localhost.evil.example"), None] {
            assert!(!answers_by(&local, other), "{other:?}");
        }
    }

    #[test]
    fn nobody_comes_past_the_proxy_that_does_tls_or_by_it_in_the_clear() {
        let client = |address: &str, is_secure, is_proxied| Client {
            address: address.parse().unwrap(),
            is_secure,
            host: None,
            is_proxied,
        };
        let open = settings("0.0.0.0:8474", Some("https://rollcall.example.org"));
        assert!(comes_in_clear(&open, &client("192.0.2.7", false, false)), "past the proxy");
        assert!(comes_in_clear(&open, &client("192.0.2.7", false, true)), "by it, in the clear");
        assert!(!comes_in_clear(&open, &client("192.0.2.7", true, true)));
        assert!(!comes_in_clear(&open, &client("127.0.0.1", false, false)), "this machine");
        let local = settings("127.0.0.1:8474", None);
        assert!(!comes_in_clear(&local, &client("192.0.2.7", false, true)), "a proxy on this machine");
    }

    #[test]
    fn with_a_public_address_that_is_the_name() {
        let public = settings("0.0.0.0:443", Some("https://rollcall.example.org"));
        assert!(answers_by(&public, Some("Rollcall.example.org")));
        assert!(answers_by(&public, Some("rollcall.example.org:443")));
        assert!(!answers_by(&public, Some("rollcall.example.org:8443")));
        assert!(!answers_by(&public, Some("10.0.0.1")));
    }
}
