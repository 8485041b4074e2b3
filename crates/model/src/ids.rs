//! Typed ids. Those that Rollcall hands out are `UUIDv7` in text form; those of a site are what the site calls them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A name or id that cannot be what it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, or longer than is sensible.
    #[error("{what} must have between 1 and {max} characters")]
    Length {
        /// What was named.
        what: &'static str,
        /// Longest permitted, in characters.
        max: usize,
    },
    /// A character that the name may not contain.
    #[error(
        "{what} \"{value}\" may contain only letters, digits, '-', '_' and '.', and starts with a letter or digit"
    )]
    Characters {
        /// What was named.
        what: &'static str,
        /// The text as given.
        value: String,
    },
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<Box<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}

text_id! {
    /// Id of a site in this installation.
    SiteId
}
text_id! {
    /// Id of a snapshot.
    SnapshotId
}
text_id! {
    /// Id of a plan.
    PlanId
}
text_id! {
    /// Id of a run.
    RunId
}
text_id! {
    /// Id of a job.
    JobId
}
text_id! {
    /// Id of an approval.
    ApprovalId
}
text_id! {
    /// Immutable identity of an account at its site: `userKey` on Data Center
    /// (`confluence-data-center.md §7.6`), `accountId` on Cloud (`atlassian-cloud.md §1`).
    AccountKey
}
text_id! {
    /// A group by name, spelled as the site spells it. Data Center compares names without regard to case.
    GroupName
}
text_id! {
    /// A user directory by name.
    DirectoryName
}

impl AccountKey {
    /// An account that exists at a site in no directory, and so has no key, is known by its name alone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The name an operator gives a site: short, stable, safe in a command line and a file name.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct SiteName(String);

impl SiteName {
    const MAX: usize = 64;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteName {
    type Error = IdError;

    fn try_from(value: String) -> Result<Self, IdError> {
        if value.is_empty() || value.chars().count() > Self::MAX {
            return Err(IdError::Length { what: "a site name", max: Self::MAX });
        }
        let first_is_plain = value.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        let rest_is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if first_is_plain && rest_is_plain {
            Ok(Self(value))
        } else {
            Err(IdError::Characters { what: "site name", value })
        }
    }
}

impl std::str::FromStr for SiteName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::try_from(text.to_owned())
    }
}

impl From<SiteName> for String {
    fn from(name: SiteName) -> Self {
        name.0
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_name_is_safe_in_a_path_and_a_command_line() {
        for bad in ["", "-x", "a/b", "a b", "..", "ü", &"a".repeat(65)] {
            assert!(bad.parse::<SiteName>().is_err(), "{bad:?} was accepted");
        }
        assert_eq!("wiki-2.eu".parse::<SiteName>().unwrap().as_str(), "wiki-2.eu");
    }
}
