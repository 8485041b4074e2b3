//! The simulated version, and which resources it serves (`confluence-data-center.md §1`).

use std::fmt;
use std::str::FromStr;

use crate::SimulatorError;

/// A version of Confluence Data Center that this room can play: 8.2 – 10.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SimulatedVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl FromStr for SimulatedVersion {
    type Err = SimulatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| SimulatorError::Version { version: text.to_owned(), reason };
        let parts: Vec<&str> = text.split('.').collect();
        if !(2..=3).contains(&parts.len()) {
            return Err(refuse("write it as 9.3 or 9.2.18"));
        }
        let mut numbers = [0_u32; 3];
        for (slot, part) in numbers.iter_mut().zip(&parts) {
            *slot = part.parse().map_err(|_| refuse("write it as 9.3 or 9.2.18"))?;
        }
        let [major, minor, patch] = numbers;
        let version = Self { major, minor, patch };
        if version < Self::line(8, 2) || version >= Self::line(10, 3) {
            return Err(refuse("only Data Center 8.2 to 10.2 is simulated"));
        }
        Ok(version)
    }
}

impl fmt::Display for SimulatedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl SimulatedVersion {
    const fn line(major: u32, minor: u32) -> Self {
        Self { major, minor, patch: 0 }
    }

    fn at_least(self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// The 9.2 line from 9.2.18 on: "late 9.2.x" of §1.
    fn is_late_nine_two(self) -> bool {
        (self.major, self.minor) == (9, 2) && self.patch >= 18
    }

    /// A number that grows with the version, in the range real servers use.
    pub(crate) fn build_number(self) -> u32 {
        (self.major - 1) * 1000 + self.minor * 100 + self.patch
    }

    /// `true` if this version serves the resource group.
    pub(crate) fn serves(self, offer: Offer) -> bool {
        match offer {
            Offer::Always => true,
            Offer::UserListAndCreate => self.at_least(8, 4),
            Offer::ServerInformation | Offer::SpacePermissions => self.at_least(9, 1),
            Offer::UserUpdate | Offer::ActiveList | Offer::ClusterNodes | Offer::PermissionWrites => {
                self.at_least(9, 3)
            }
            Offer::PermissionReads => self.at_least(9, 3) || self.is_late_nine_two(),
            Offer::GroupParents => self.at_least(10, 0) || self.is_late_nine_two(),
            Offer::GroupQueryForms => {
                self.is_late_nine_two() || ((self.major, self.minor) == (10, 2) && self.patch >= 14)
            }
            Offer::Reindex => self.at_least(10, 1),
        }
    }

    /// `expand=lastLogin` is documented from 10.2 on.
    pub(crate) fn expands_last_login(self) -> bool {
        self.at_least(10, 2)
    }

    /// Paged answers document `totalCount` from 9.4 on (observation o019).
    pub(crate) fn counts_totals(self) -> bool {
        self.at_least(9, 4)
    }

    /// 10.x: member listings need an administrator, group creation answers 200, a new login page.
    pub(crate) fn is_ten(self) -> bool {
        self.at_least(10, 0)
    }

    /// From 9.0 on products read a mail address from user objects; the 8.6 capture has none.
    pub(crate) fn shows_mail(self) -> bool {
        self.at_least(9, 0)
    }
}

/// A group of resources that came, or went, with a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    Always,
    UserListAndCreate,
    ServerInformation,
    UserUpdate,
    ActiveList,
    ClusterNodes,
    PermissionReads,
    PermissionWrites,
    GroupParents,
    GroupQueryForms,
    Reindex,
    SpacePermissions,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> SimulatedVersion {
        text.parse().expect("a version this room plays")
    }

    #[test]
    fn the_matrix_of_versions_is_followed() {
        use Offer::{ActiveList, GroupParents, GroupQueryForms, PermissionReads, Reindex, UserListAndCreate};
        let served = |text: &str, offer| version(text).serves(offer);
        assert!(!served("8.2", UserListAndCreate) && !served("8.3.4", UserListAndCreate));
        assert!(served("8.4", UserListAndCreate));
        assert!(!served("9.2.18", ActiveList) && served("9.3", ActiveList));
        assert!(!served("9.2.2", PermissionReads) && served("9.2.18", PermissionReads));
        assert!(
            served("9.2.18", GroupParents) && !served("9.3", GroupParents) && served("10.0.3", GroupParents)
        );
        assert!(served("9.2.18", GroupQueryForms) && !served("10.0.3", GroupQueryForms));
        assert!(served("10.2.14", GroupQueryForms) && !served("10.0", Reindex) && served("10.1", Reindex));
    }

    #[test]
    fn a_version_outside_the_range_is_refused_by_name() {
        for text in ["8.1", "7.19.6", "10.3", "nine", "9", "9.2.1.4", ""] {
            let error = text.parse::<SimulatedVersion>().expect_err("refused");
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
        }
    }
}
