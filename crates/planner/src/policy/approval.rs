//! Whether somebody must agree before a plan is applied.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a plan needs approval. A policy without this section needs none; a section without `above` needs it always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Approval {
    /// Approval is needed when more accounts than this would be changed; 0 means always. `None`: it is not needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub above: Option<u32>,
    /// Somebody other than the person who asked for the run must approve it. Default false.
    pub second_person: bool,
}

impl Approval {
    /// Not needed.
    pub const NEVER: Self = Self { above: None, second_person: false };
    /// Needed whatever the number of accounts.
    pub const ALWAYS: Self = Self { above: Some(0), second_person: false };

    pub(crate) fn is_never(&self) -> bool {
        self.above.is_none()
    }
}
