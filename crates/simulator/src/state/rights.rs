//! Global permissions: who may use the site, who administers it (`confluence-data-center.md §4.6`).

use super::{AccountId, State};

/// A set of global permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights(u8);

/// Each permission with its operation key and target type.
const PAIRS: [(Rights, &str, &str); 5] = [
    (Rights::USE, "use", "application"),
    (Rights::ADMINISTER, "administer", "application"),
    (Rights::SYSTEM, "administer", "system"),
    (Rights::PERSONAL_SPACE, "create", "personal_space"),
    (Rights::CREATE_SPACE, "create", "space"),
];

impl Rights {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const USE: Self = Self(1);
    pub(crate) const ADMINISTER: Self = Self(2);
    pub(crate) const SYSTEM: Self = Self(4);
    pub(crate) const PERSONAL_SPACE: Self = Self(8);
    pub(crate) const CREATE_SPACE: Self = Self(16);
    pub(crate) const ALL: Self = Self(31);

    #[must_use]
    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The permission of a pair, e.g. `use`, `application`.
    pub(crate) fn of_pair(operation_key: &str, target_type: &str) -> Option<Self> {
        PAIRS
            .iter()
            .find(|(_, key, target)| *key == operation_key && *target == target_type)
            .map(|pair| pair.0)
    }

    /// The permission of a row of `spacepermissions` without a space.
    pub(crate) fn of_row(kind: &str) -> Option<Self> {
        Some(match kind {
            "USECONFLUENCE" => Self::USE,
            "ADMINISTRATECONFLUENCE" => Self::ADMINISTER,
            "SYSTEMADMINISTRATOR" => Self::SYSTEM,
            "PERSONALSPACE" => Self::PERSONAL_SPACE,
            "CREATESPACE" => Self::CREATE_SPACE,
            _ => return None,
        })
    }

    /// (operation key, target type) of each permission in the set.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        PAIRS.into_iter().filter(move |(right, ..)| self.has(*right)).map(|(_, key, target)| (key, target))
    }
}

impl State {
    /// What an account may do, by its own grants and by its groups with their ancestors.
    pub(crate) fn rights_of(&self, account: AccountId) -> Rights {
        let account = self.account(account);
        account
            .groups
            .iter()
            .fold(account.rights, |rights, group| rights.with(self.effective_rights[*group as usize]))
    }

    /// `true` if the account uses a seat: enabled, in a directory, may use the site.
    pub(crate) fn has_seat(&self, id: AccountId) -> bool {
        let account = self.account(id);
        account.active && account.life == super::Life::Present && self.rights_of(id).has(Rights::USE)
    }

    /// Hands rights down from each group to the groups nested in it, until nothing changes.
    pub(super) fn derive_rights(&mut self) {
        self.effective_rights = self.groups.iter().map(|group| group.rights).collect();
        loop {
            let mut changed = false;
            for (parent, group) in self.groups.iter().enumerate() {
                let rights = self.effective_rights[parent];
                for child in &group.children {
                    let slot = &mut self.effective_rights[*child as usize];
                    changed |= !slot.has(rights);
                    *slot = slot.with(rights);
                }
            }
            if !changed {
                return;
            }
        }
    }
}
