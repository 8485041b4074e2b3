//! Whom a connection may reach: names are looked up here, and an address that the rule forbids is as if it were not there. Asked at every
//! connect, so that a name which is pointed elsewhere later (DNS rebinding) leads nowhere.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rollcall_model::AddressRule;
use rollcall_site::SiteError;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Looks names up, and leaves out what the rule forbids.
pub(super) struct Guard {
    rule: Arc<AddressRule>,
}

impl Guard {
    pub(super) fn new(rule: &AddressRule) -> Self {
        Self { rule: Arc::new(rule.clone()) }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = Arc::clone(&self.rule);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let mut refusal = None;
            let mut permitted = Vec::new();
            for address in found {
                match rule.check(address.ip()) {
                    Ok(()) => permitted.push(address),
                    Err(error) => refusal = Some(error),
                }
            }
            match refusal {
                Some(refusal) if permitted.is_empty() => Err(refusal.into()),
                _ => Ok(Box::new(permitted.into_iter()) as Addrs),
            }
        })
    }
}

/// An address that is written as an address is looked up nowhere: it is asked about here.
pub(super) fn check(url: &Url, rule: &AddressRule) -> Result<(), SiteError> {
    let address: IpAddr = match url.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    rule.check(address)
        .map_err(|refusal| SiteError::Unreachable { url: url.to_string(), reason: refusal.to_string() })
}
