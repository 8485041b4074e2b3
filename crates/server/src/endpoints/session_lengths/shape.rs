//! How long sessions last, as the API shows it.

use crate::extract::Tag;
use jiff::SignedDuration;
use rollcall_engine::SessionLengths as Lengths;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long sessions last.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "idleSeconds": 28_800, "absoluteSeconds": 604_800 }))]
pub(crate) struct SessionLengths {
    /// Until a session that is not used ends. Not more than `absoluteSeconds`.
    #[schema(minimum = 300, maximum = 2_592_000)]
    idle_seconds: u32,
    /// Until a session ends however much it is used.
    #[schema(minimum = 300, maximum = 7_776_000)]
    absolute_seconds: u32,
}

impl SessionLengths {
    /// From the engine.
    pub(crate) fn of(lengths: Lengths) -> Self {
        let seconds = |duration: SignedDuration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
        Self { idle_seconds: seconds(lengths.idle), absolute_seconds: seconds(lengths.absolute) }
    }

    /// For the engine.
    pub(crate) fn lengths(self) -> Lengths {
        let duration = |seconds: u32| SignedDuration::from_secs(i64::from(seconds));
        Lengths { idle: duration(self.idle_seconds), absolute: duration(self.absolute_seconds) }
    }

    /// Its tag.
    pub(crate) fn tag(self) -> Tag {
        Tag::of(self)
    }
}
