//! What the owner of an account is told before something happens to it: the section `notice` of a policy with the action `notify`.

use super::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a notice announces, and what its link does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Notice {
    /// How long after the notice something happens at the earliest; the mail tells the day. Default 14d.
    pub before: Period,
    /// For how long whoever presses "I still need this" is exempt. Default 180d.
    pub keep_for: Period,
    /// What is going to happen, to follow "your account": `will be disabled`. Default `will be reviewed and may be disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub announces: Option<String>,
    /// The subject, as a template of the kind that report mails have. Default: the installation's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub subject: Option<String>,
    /// What stands between the greeting and the link, as such a template; blank lines part paragraphs. Default: the installation's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub message: Option<String>,
}

impl Notice {
    /// What is going to happen where the policy does not say.
    pub const ANNOUNCES: &'static str = "will be reviewed and may be disabled";

    /// What is going to happen, to follow "your account".
    pub fn announcement(&self) -> &str {
        self.announces.as_deref().unwrap_or(Self::ANNOUNCES)
    }
}

impl Default for Notice {
    fn default() -> Self {
        Self {
            before: Period::days(14),
            keep_for: Period::days(180),
            announces: None,
            subject: None,
            message: None,
        }
    }
}
