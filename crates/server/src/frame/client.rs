//! Who is at the other end: the peer of the connection, or, where that is a trusted proxy, whom the proxy names.

use crate::settings::ServerSettings;
use crate::state::Api;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, header};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The other end of the connection; left in the request by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) is_tls: bool,
}

/// The caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// From where.
    pub address: IpAddr,
    /// Whether the way to the caller is encrypted.
    pub is_secure: bool,
    /// The host, with port where one was given, that the caller named.
    pub host: Option<String>,
    /// Whether a trusted proxy stands between.
    pub is_proxied: bool,
}

/// The layer.
pub(crate) async fn layer(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    // Without a listener (tests in the process) the caller is this machine.
    let peer = request.extensions().get::<Peer>().copied();
    let peer = peer.unwrap_or(Peer { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), is_tls: false });
    // HTTP/2 names the host in the target of the request.
    let target = request.uri().authority().map(ToString::to_string);
    let client = resolve(api.settings(), peer, target, request.headers());
    request.extensions_mut().insert(client);
    next.run(request).await
}

fn resolve(settings: &ServerSettings, peer: Peer, target: Option<String>, headers: &HeaderMap) -> Client {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let direct = Client {
        address: peer.address.ip().to_canonical(),
        is_secure: peer.is_tls,
        host: target.or(named),
        is_proxied: false,
    };
    if !settings.trusts(direct.address) {
        return direct;
    }
    let hops = Hops::read(headers);
    // From the nearest proxy outwards: the first that is not ours is the caller. What stands before it, the caller wrote.
    let address = hops.addresses.iter().rev().find(|hop| !settings.trusts(**hop)).or(hops.addresses.first());
    Client {
        address: address.copied().unwrap_or(direct.address),
        is_secure: hops.proto.map_or(direct.is_secure, |proto| proto.eq_ignore_ascii_case("https")),
        host: hops.host.or(direct.host),
        is_proxied: true,
    }
}

/// What proxies say.
#[derive(Debug, Default, PartialEq)]
struct Hops {
    addresses: Vec<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

impl Hops {
    /// `X-Forwarded-*` or `Forwarded` (RFC 7239). A proxy writes one of them and passes on the other as the caller sent it; where they do
    /// not agree nobody can tell which is which, and neither counts.
    fn read(headers: &HeaderMap) -> Self {
        match (Self::de_facto(headers), Self::standard(headers)) {
            (None, None) => Self::default(),
            (Some(hops), None) | (None, Some(hops)) => hops,
            (Some(one), Some(other)) if one.addresses == other.addresses => one,
            (Some(_), Some(_)) => {
                tracing::warn!(
                    "X-Forwarded-For and Forwarded do not agree; neither counts. Let the proxy remove the one it does not write"
                );
                Self::default()
            }
        }
    }

    fn de_facto(headers: &HeaderMap) -> Option<Self> {
        let values = |name: &str| -> Vec<String> {
            let all = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            all.flat_map(|value| value.split(',')).map(|value| value.trim().to_owned()).collect()
        };
        let addresses = values("x-forwarded-for");
        let (mut proto, mut host) = (values("x-forwarded-proto"), values("x-forwarded-host"));
        if addresses.is_empty() && proto.is_empty() && host.is_empty() {
            return None;
        }
        // An entry that is no address hides what stands before it.
        let mut readable: Vec<IpAddr> = addresses.iter().rev().map_while(|text| address(text)).collect();
        readable.reverse();
        Some(Self { addresses: readable, proto: proto.pop(), host: host.pop() })
    }

    fn standard(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(header::FORWARDED).iter().filter_map(|value| value.to_str().ok());
        let elements: Vec<&str> = values.flat_map(|value| value.split(',')).collect();
        if elements.is_empty() {
            return None;
        }
        let pair = |element: &str, wanted: &str| {
            element.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
            })
        };
        let mut addresses: Vec<IpAddr> =
            elements.iter().rev().map_while(|element| address(&pair(element, "for")?)).collect();
        addresses.reverse();
        let nearest = elements.last().copied().unwrap_or_default();
        Some(Self { addresses, proto: pair(nearest, "proto"), host: pair(nearest, "host") })
    }
}

/// An address, perhaps with a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let plain = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|at| at.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    plain.ok().or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn seen(peer: &str, headers: &[(&'static str, &'static str)]) -> Client {
        let settings = ServerSettings {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..ServerSettings::default()
        };
        let peer = Peer { address: SocketAddr::new(peer.parse().unwrap(), 9), is_tls: false };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        resolve(&settings, peer, None, &map)
    }

    #[test]
    fn the_word_of_a_stranger_about_the_caller_does_not_count() {
        let client = seen(
            "192.0.2.9",
            &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https"), ("host", "a")],
        );
        assert_eq!(
            client,
            Client {
                address: "192.0.2.9".parse().unwrap(),
                is_secure: false,
                host: Some("a".to_owned()),
                is_proxied: false
            }
        );
    }

    #[test]
    fn the_nearest_hop_that_is_no_proxy_of_ours_is_the_caller() {
        let client = seen(
            "10.0.0.1",
            &[
                ("x-forwarded-for", "127.0.0.1, 198.51.100.7, 10.0.0.2"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "r.example"),
            ],
        );
        assert_eq!(client.address, "198.51.100.7".parse::<IpAddr>().unwrap());
        assert!(client.is_secure && client.is_proxied);
        assert_eq!(client.host.as_deref(), Some("r.example"));
    }

    #[test]
    fn both_forms_are_read_and_a_contradiction_counts_for_nothing() {
        let client =
            seen("10.0.0.1", &[("forwarded", "for=\"[2001:db8::7]:4711\";proto=https;host=r.example")]);
        assert_eq!(client.address, "2001:db8::7".parse::<IpAddr>().unwrap());
        assert!(client.is_secure);
        let client = seen("10.0.0.1", &[("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "198.51.100.7")]);
        assert_eq!(client.address, "10.0.0.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn what_stands_before_something_unreadable_is_not_believed() {
        let client = seen("10.0.0.1", &[("x-forwarded-for", "127.0.0.1, unknown")]);
        assert_eq!(client.address, "10.0.0.1".parse::<IpAddr>().unwrap());
    }
}
