//! Addresses below a site: fixed parts as written, names of a site percent-encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;

/// Everything but RFC 3986's unreserved characters is encoded; a `+` too, which some servers read as a space.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Path and query below the site's own address, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    text: String,
    has_query: bool,
}

impl Address {
    /// A fixed path such as `/rest/api/group`.
    pub(crate) fn of(path: &str) -> Self {
        Self { text: path.to_owned(), has_query: false }
    }

    /// A name as the next part of the path. It must fit there: [`fits_in_a_path`].
    pub(crate) fn name(mut self, name: &str) -> Self {
        self.text.push('/');
        self.text.extend(utf8_percent_encode(name, ENCODED));
        self
    }

    /// A further fixed part of the path.
    pub(crate) fn then(mut self, path: &str) -> Self {
        self.text.push_str(path);
        self
    }

    /// A query parameter.
    pub(crate) fn query(mut self, name: &str, value: impl Display) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.text.push_str(name);
        self.text.push('=');
        self.text.extend(utf8_percent_encode(&value.to_string(), ENCODED));
        self
    }

    /// Path and query, encoded.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether a name can stand as one part of a path. A slash or backslash is refused by servers even when encoded
/// (`confluence-data-center.md §4.3`), and `.` and `..` mean something else there.
pub(crate) fn fits_in_a_path(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && !matches!(name, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    #[test]
    fn each_character_that_means_something_in_an_address_is_encoded() {
        let address = Address::of("/rest/api/group").name("a b#c?d%e+f;g").then("/member").query("start", 7);
        assert_eq!(address.as_str(), "/rest/api/group/a%20b%23c%3Fd%25e%2Bf%3Bg/member?start=7");
    }

    proptest! {
        #[test]
        fn a_name_that_fits_in_a_path_arrives_as_it_was(name in "\\PC{1,20}") {
            prop_assume!(fits_in_a_path(&name));
            let address = Address::of("/u").name(&name);
            let url = url::Url::parse(&format!("https://wiki.example.org/ctx{}", address.as_str())).unwrap();
            prop_assert!(url.query().is_none() && url.fragment().is_none());
            let last = url.path().rsplit('/').next().unwrap().to_owned();
            prop_assert_eq!(percent_decode_str(&last).decode_utf8().unwrap(), name);
            prop_assert_eq!(url.path().matches('/').count(), 3);
        }

        #[test]
        fn a_query_value_arrives_as_it_was(value in "\\PC{0,30}") {
            let address = Address::of("/u").query("a", 1).query("q", &value);
            let url = url::Url::parse(&format!("https://wiki.example.org{}", address.as_str())).unwrap();
            let found = url.query_pairs().find(|(name, _)| name == "q").unwrap().1.into_owned();
            prop_assert_eq!(found, value);
        }
    }
}
