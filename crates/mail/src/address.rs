//! Addresses, examined once, where they come in.

use lettre::Address;
use rollcall_model::plain;
use std::fmt;
use std::str::FromStr;

/// Longest display name kept, in characters; longer ones are cut.
const LONGEST_NAME: usize = 100;

/// A text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{text}\" is not an e-mail address ({why}); it looks like `it-ops@example.org` or `IT Ops <it-ops@example.org>`"
)]
pub struct AddressError {
    text: String,
    why: &'static str,
}

/// An address with, perhaps, the name of its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mailbox {
    name: Option<String>,
    address: Address,
}

impl Mailbox {
    /// An address and a name. The name may be hostile: it is made harmless and cut. A domain of other letters than ASCII
    /// is put into its ASCII form.
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, AddressError> {
        let wrong = |why| AddressError { text: plain(address).chars().take(LONGEST_NAME).collect(), why };
        let (user, domain) = address.rsplit_once('@').ok_or_else(|| wrong("there is no @ in it"))?;
        if address.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(wrong("there is a blank or control character in it"));
        }
        let domain = if domain.is_ascii() {
            domain.to_ascii_lowercase()
        } else {
            match url::Host::parse(domain) {
                Ok(url::Host::Domain(ascii)) => ascii,
                _ => return Err(wrong("the part after the @ is no domain")),
            }
        };
        let address = Address::new(user, &domain).map_err(|error| match error {
            lettre::address::AddressError::InvalidUser => wrong("the part before the @ is not valid"),
            _ => wrong("the part after the @ is no domain"),
        })?;
        let name = name.map(|n| plain(n.trim()).chars().take(LONGEST_NAME).collect::<String>());
        Ok(Self { name: name.filter(|n| !n.is_empty()), address })
    }

    /// `it-ops@example.org`.
    pub fn address(&self) -> &str {
        self.address.as_ref()
    }

    /// The name, harmless.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(crate) fn to_lettre(&self) -> lettre::message::Mailbox {
        lettre::message::Mailbox::new(self.name.clone(), self.address.clone())
    }

    pub(crate) fn to_address(&self) -> Address {
        self.address.clone()
    }
}

impl FromStr for Mailbox {
    type Err = AddressError;

    /// Reads `it-ops@example.org` and `IT Ops <it-ops@example.org>`, the name in double quotes or not.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let Some(inner) = text.strip_suffix('>') else { return Self::new(None, text) };
        let (name, address) = inner.rsplit_once('<').ok_or_else(|| AddressError {
            text: plain(text).chars().take(LONGEST_NAME).collect(),
            why: "there is a > without its <",
        })?;
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(name);
        Self::new(Some(name), address.trim())
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mailbox;

    #[test]
    fn an_address_is_read_with_and_without_a_name() {
        let read = |text: &str| {
            let mailbox: Mailbox = text.parse().unwrap();
            (mailbox.name().map(str::to_owned), mailbox.address().to_owned())
        };
        assert_eq!(read("ops@example.org"), (None, "ops@example.org".to_owned()));
        assert_eq!(
            read(" IT Ops <ops@Example.org> "),
            (Some("IT Ops".to_owned()), "ops@example.org".to_owned())
        );
        assert_eq!(
            read("\"Ops, IT\" <ops@example.org>"),
            (Some("Ops, IT".to_owned()), "ops@example.org".to_owned())
        );
        assert_eq!(read("<ops@example.org>"), (None, "ops@example.org".to_owned()));
        assert_eq!(read("ops@bücher.example"), (None, "ops@xn--bcher-kva.example".to_owned()));
    }

    #[test]
    fn what_is_no_address_is_refused_and_named() {
        for bad in [
            "",
            "ops",
            "@example.org",
            "ops@",
            "a b@example.org",
            "ops@example.org\r\nBcc: x@example.org",
            "ops@exa mple.org",
            "ops@-",
            "Ops ops@example.org>",
            "a@b@example.org",
            "<>",
            "ops@example..org",
        ] {
            let error = bad.parse::<Mailbox>().unwrap_err().to_string();
            assert!(error.contains("is not an e-mail address"), "{bad:?}: {error}");
            assert!(!error.contains(['\r', '\n']), "{bad:?}");
        }
    }

    #[test]
    fn a_hostile_name_becomes_harmless() {
        let mailbox = Mailbox::new(Some("Eve\r\nBcc: all@example.org\u{202E}"), "eve@example.org").unwrap();
        assert_eq!(mailbox.name(), Some("Eve\u{FFFD}\u{FFFD}Bcc: all@example.org\u{FFFD}"));
        assert_eq!(
            Mailbox::new(Some(&"x".repeat(500)), "eve@example.org").unwrap().name().unwrap().len(),
            100
        );
    }
}
