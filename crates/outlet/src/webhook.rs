//! Posting an event to a webhook: signed, once, to a permitted address, with an end to waiting and reading.

use crate::signature::{SIGNATURE_HEADER, sign};
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rollcall_model::{AddressRule, ForbiddenAddress, plain};
use secrecy::SecretString;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const USER_AGENT: &str = concat!("Rollcall/", env!("CARGO_PKG_VERSION"));
/// So much of an answer is read, in bytes; the rest is left.
const LONGEST_ANSWER: usize = 2048;
/// So long it is waited for what follows the status, which alone decides.
const PATIENCE_WITH_WORDS: Duration = Duration::from_secs(1);
/// So much of it is kept, in characters.
const LONGEST_EXCERPT: usize = 500;

/// How webhooks are posted to.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Which addresses they may have.
    pub addresses: AddressRule,
    /// Further certificate authorities to trust, PEM.
    pub authorities: Option<Vec<u8>>,
    /// How long a delivery may take.
    pub timeout: Duration,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { addresses: AddressRule::public_only(), authorities: None, timeout: Duration::from_secs(10) }
    }
}

/// An address that no webhook may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookAddressError {
    /// It is no address of a web server, or says too much: what is wrong and what to do. The address is not repeated, since whoever knows it
    /// may be all that its secret is.
    #[error("this is no address for a webhook: {0}")]
    Url(&'static str),
    /// It leads to where Rollcall does not go.
    #[error(transparent)]
    Forbidden(#[from] ForbiddenAddress),
}

/// Whether a webhook may have an address, as far as can be told without asking for its name. Asked again at each delivery.
pub fn check_address(url: &Url, rule: &AddressRule) -> Result<(), WebhookAddressError> {
    let wrong = |why| Err(WebhookAddressError::Url(why));
    let literal = match url.host() {
        None => {
            return wrong("there is no host in it; it looks like https://chat.example.org/hooks/rollcall");
        }
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("a name or password does not belong in it; deliveries are signed instead");
    }
    if url.fragment().is_some() {
        return wrong("what follows a # is never sent; leave it out");
    }
    if let Some(address) = literal {
        rule.check(address)?;
    }
    // In clear text everybody on the way reads along; only what is near, and allowed for that, is near enough.
    let is_near = match (literal, url.host_str()) {
        (Some(address), _) => AddressRule::public_only().check(address).is_err(),
        (None, Some(name)) => name.eq_ignore_ascii_case("localhost"),
        (None, None) => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_near => Ok(()),
        "http" => wrong("it is not encrypted; use https"),
        _ => wrong("it must begin with https://"),
    }
}

/// One delivery.
#[derive(Debug)]
pub struct Post<'a> {
    /// Where to.
    pub url: &'a Url,
    /// Kind of event: `run-finished`.
    pub event: &'a str,
    /// Id of the event at this webhook, the same at every try.
    pub event_id: &'a str,
    /// Now; it is signed.
    pub at: Timestamp,
    /// The secret, and the one before while it is being replaced.
    pub secrets: &'a [SecretString],
    /// The body, JSON.
    pub body: &'a str,
}

/// What the receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The beginning of the answer, made harmless.
    pub excerpt: String,
}

impl Answer {
    /// Whether the receiver took it. A redirect is no yes: it is not followed.
    pub fn is_taken(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The address is not permitted; nothing was sent.
    #[error(transparent)]
    Address(#[from] WebhookAddressError),
    /// No connection, or it broke off, or took too long. It may have arrived.
    #[error("no answer from {host}: {why}")]
    Unanswered {
        /// Host and port.
        host: String,
        /// What happened.
        why: String,
    },
}

/// Posts events.
#[derive(Debug, Clone)]
pub struct Webhooks {
    client: reqwest::Client,
    addresses: AddressRule,
}

impl Webhooks {
    /// Prepares the connections; opens none.
    pub fn new(settings: &WebhookSettings) -> Result<Self, PostError> {
        crate::tls::install();
        let failed = |error: &dyn Error| PostError::Unanswered {
            host: "webhooks".to_owned(),
            why: format!("no connection can be prepared: {}", chain(error)),
        };
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // A proxy would ask for the name itself, and the rule about addresses would be about the proxy's.
            .no_proxy()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout)
            .pool_max_idle_per_host(1)
            .dns_resolver(Arc::new(Guarded { rule: settings.addresses.clone() }));
        if let Some(pem) = &settings.authorities {
            let found = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| failed(&error))?;
            builder = builder.tls_certs_merge(found);
        }
        let client = builder.build().map_err(|error| failed(&error))?;
        Ok(Self { client, addresses: settings.addresses.clone() })
    }

    /// Posts one event, once.
    pub async fn post(&self, post: &Post<'_>) -> Result<Answer, PostError> {
        check_address(post.url, &self.addresses)?;
        let receiver = || {
            let number = post.url.port_or_known_default().unwrap_or_default();
            format!("{}:{number}", post.url.host_str().unwrap_or_default())
        };
        let request = self
            .client
            .post(post.url.clone())
            .header("Content-Type", "application/json")
            .header("Rollcall-Event", post.event)
            .header("Rollcall-Event-Id", post.event_id)
            .header(SIGNATURE_HEADER, sign(post.secrets, post.at, post.body.as_bytes()))
            .body(post.body.to_owned());
        let mut response = request.send().await.map_err(|error| match forbidden(&error) {
            Some(forbidden) => PostError::Address(forbidden.into()),
            None => PostError::Unanswered { host: receiver(), why: words(&error) },
        })?;
        let status = response.status().as_u16();
        let mut read = Vec::new();
        let reading = async {
            while read.len() < LONGEST_ANSWER
                && let Ok(Some(chunk)) = response.chunk().await
            {
                read.extend_from_slice(&chunk[..chunk.len().min(LONGEST_ANSWER - read.len())]);
            }
        };
        // An answer that breaks off or comes too slowly has said with its status what matters.
        tokio::time::timeout(PATIENCE_WITH_WORDS, reading).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&read);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Answer { status, excerpt: plain(&line).chars().take(LONGEST_EXCERPT).collect() })
    }
}

/// Asks for names, and gives only addresses that may be gone to. What it gives is what is connected to: nobody can answer one thing
/// when the address is examined and another when it is used.
struct Guarded {
    rule: AddressRule,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.rule.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let refusal = found.iter().find_map(|address| rule.check(address.ip()).err());
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| rule.check(address.ip()).is_ok()).collect();
            match refusal {
                Some(refusal) if allowed.is_empty() => Err(refusal.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn forbidden(error: &reqwest::Error) -> Option<ForbiddenAddress> {
    causes(error).find_map(|cause| cause.downcast_ref::<ForbiddenAddress>().cloned())
}

/// What happened, without the address: it may hold a secret of the receiver's making.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let deepest = causes(error).last().map(ToString::to_string);
    deepest.unwrap_or_else(|| "the request could not be sent".to_owned())
}

fn chain(error: &dyn Error) -> String {
    let sources = std::iter::successors(error.source(), |cause| (*cause).source());
    std::iter::once(error.to_string()).chain(sources.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
