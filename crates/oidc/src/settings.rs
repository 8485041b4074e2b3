//! What an administrator says of the provider.

use crate::OidcError;
use secrecy::SecretString;
use url::Url;

/// A provider, and what we are to it.
#[derive(Debug)]
pub struct Settings {
    /// Its address; `/.well-known/openid-configuration` below it says the rest.
    pub issuer: Url,
    /// What it calls us.
    pub client_id: String,
    /// What proves it; `None` = we are a public client.
    pub client_secret: Option<SecretString>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Where it sends the browser back to: our `/sign-on/callback`.
    pub redirect: Url,
    /// The claim that is the operator's name.
    pub name_claim: String,
    /// The claim that lists the groups. One that begins with `/` is a JSON pointer, as in `/realm_access/roles`.
    pub groups_claim: String,
    /// Certificate authorities to trust beside the machine's own, PEM.
    pub ca_pem: Option<Vec<u8>>,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), OidcError> {
        let wrong = |reason: &str| Err(OidcError::Settings(reason.to_owned()));
        if !is_safe(&self.issuer) {
            return wrong(
                "issuer: an address that begins with https:// is expected (http:// only on this machine)",
            );
        }
        if self.issuer.query().is_some()
            || self.issuer.fragment().is_some()
            || !self.issuer.username().is_empty()
        {
            return wrong("issuer: an address without user, query and fragment is expected");
        }
        if self.client_id.trim().is_empty() {
            return wrong("client-id: it is empty");
        }
        if self.name_claim.trim().is_empty() || self.groups_claim.trim().is_empty() {
            return wrong("name-claim, groups-claim: a claim has a name");
        }
        Ok(())
    }
}

/// Whether what is sent there can be read by nobody on the way.
pub(crate) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
