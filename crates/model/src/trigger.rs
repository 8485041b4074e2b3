//! What happens to an account at a site and may make a policy run.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An event that a policy may wait for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The account was made, or was seen for the first time.
    AccountCreated,
    /// Its owner signed in.
    Login,
}

impl Trigger {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::AccountCreated, Self::Login];

    /// The word of the policy file and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account-created",
            Self::Login => "login",
        }
    }

    /// The trigger of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.as_str() == name)
    }

    /// What happened, to follow the name of an account in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AccountCreated => "was created",
            Self::Login => "signed in",
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Trigger;

    #[test]
    fn names_come_back() {
        for trigger in Trigger::ALL {
            assert_eq!(Trigger::from_name(trigger.as_str()), Some(trigger));
            assert_eq!(serde_json::to_value(trigger).unwrap(), trigger.as_str());
        }
        assert_eq!(Trigger::from_name("logout"), None);
    }
}
