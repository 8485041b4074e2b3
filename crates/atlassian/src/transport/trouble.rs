//! What went wrong when no answer came: in words for an administrator, and with what the retry rules must know.

use rollcall_model::ForbiddenAddress;
use std::error::Error;
use std::fmt;

/// A request without an answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nothing was sent: the site could not be reached.
    NotReached {
        /// What was asked, without its query.
        url: String,
        /// What happened, and what to do.
        reason: String,
        /// Trying again cannot help: a wrong name, a wrong certificate.
        is_final: bool,
    },
    /// Sent, and then the connection broke or the time was up.
    Cut {
        /// What happened.
        reason: String,
    },
    /// More came than an answer of a site can be.
    TooLarge {
        /// The bound in bytes.
        limit: usize,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReached { reason, .. } | Self::Cut { reason } => f.write_str(reason),
            Self::TooLarge { limit } => write!(f, "the answer is larger than {} MiB", limit >> 20),
        }
    }
}

impl Trouble {
    /// Reads an error of the HTTP client. Its address is dropped: the query is nobody's business.
    pub(super) fn of(error: reqwest::Error, url: &str) -> Self {
        let error = error.without_url();
        let text = chain(&error);
        let url = url.split('?').next().unwrap_or_default().to_owned();
        let not_reached = |reason: String, is_final| Self::NotReached { url: url.clone(), reason, is_final };
        if let Some(reason) = certificate_flaw(&error, &text) {
            return not_reached(reason, true);
        }
        if let Some(refusal) = forbidden(&error) {
            return not_reached(refusal.to_string(), true);
        }
        if error.is_dns() {
            return not_reached(
                format!(
                    "the host name is not known ({text}). Check the address, and that this machine can resolve it"
                ),
                true,
            );
        }
        if error.is_builder() {
            return not_reached(format!("the address cannot be asked ({text})"), true);
        }
        if error.is_connect() {
            let reason = if text.contains("refused") {
                format!("the connection was refused ({text}). Is the site running, and the port right?")
            } else if error.is_timeout() {
                "no connection within the time-out. Is the address right, and does a firewall or proxy stand between?"
                    .to_owned()
            } else if text.contains("tls") || text.contains("TLS") || text.contains("InvalidContentType") {
                format!(
                    "no encrypted connection ({text}). Does the address need http:// instead of https://, or another port?"
                )
            } else {
                format!("no connection ({text}). Check address, proxy and firewall")
            };
            return not_reached(reason, false);
        }
        if error.is_timeout() {
            return Self::Cut { reason: "no answer within the time-out".to_owned() };
        }
        Self::Cut { reason: format!("the connection broke ({text})") }
    }
}

/// What is wrong with the site's certificate, if that is the trouble.
fn certificate_flaw(error: &reqwest::Error, text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let flaw =
        rustls_flaw(error).or_else(|| lower.contains("invalid peer certificate").then(|| lower.clone()))?;
    let flaw = flaw.to_ascii_lowercase();
    Some(if flaw.contains("not valid for") || flaw.contains("notvalidforname") {
        format!(
            "the certificate of the site is for another name ({text}). Use the address the certificate was made for, or have it renewed"
        )
    } else if flaw.contains("expired") {
        format!(
            "the certificate of the site has expired ({text}). Have it renewed; also check this machine's clock"
        )
    } else if flaw.contains("unknownissuer") || flaw.contains("unknown issuer") {
        format!(
            "the certificate of the site was issued by an authority that this machine does not know ({text}). Give the authority's certificate when you connect it: in the pages, or by `rollcall site add … --ca-file FILE`"
        )
    } else {
        format!("the certificate of the site cannot be accepted ({text})")
    })
}

/// The refusal of an address, if that is the trouble.
fn forbidden(error: &reqwest::Error) -> Option<&ForbiddenAddress> {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = source {
        if let Some(refusal) = cause.downcast_ref::<ForbiddenAddress>() {
            return Some(refusal);
        }
        source = cause.source();
    }
    None
}

fn rustls_flaw(error: &reqwest::Error) -> Option<String> {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = source {
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(flaw)) = inner.or_else(|| cause.downcast_ref()) {
            return Some(format!("{flaw:?} {flaw}"));
        }
        source = cause.source();
    }
    None
}

/// An error with its causes, each once, in one line.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    rollcall_model::plain(&text).into_owned()
}
