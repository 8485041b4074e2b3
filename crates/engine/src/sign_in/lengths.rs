//! How long sessions last: a setting of the installation.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::SignedDuration;
use rollcall_audit::{EntryKind, Subject};
use rollcall_store::{SessionLengths as StoredLengths, SettingChange, StoreError};
use serde::{Deserialize, Serialize};

const SETTING: &str = "sessions";
const SHORTEST: i64 = 5 * 60;
const LONGEST_IDLE: i64 = 30 * 86_400;
const LONGEST: i64 = 90 * 86_400;

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    /// Until a session that is not used ends. Default 8 hours.
    pub idle: SignedDuration,
    /// Until a session ends however much it is used. Default 7 days.
    pub absolute: SignedDuration,
}

impl Default for Lengths {
    fn default() -> Self {
        Self { idle: SignedDuration::from_hours(8), absolute: SignedDuration::from_hours(24 * 7) }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    idle_seconds: i64,
    absolute_seconds: i64,
}

impl Engine {
    /// How long sessions last.
    pub async fn session_lengths(&self, operator: &Operator) -> Result<Lengths, EngineError> {
        operator.check(UseCase::SeeSessionLengths)?;
        self.lengths().await
    }

    pub(crate) async fn lengths(&self) -> Result<Lengths, EngineError> {
        read(self.store.setting(SETTING).await?)
    }

    /// Sets how long sessions last; those under way included, which end earlier where that is less. `seen`: the setting as the operator
    /// looked at it; absent: whatever it is.
    pub async fn set_session_lengths(
        &self,
        operator: &Operator,
        lengths: Lengths,
        seen: Option<Lengths>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::SetSessionLengths)?;
        let (idle, absolute) = (lengths.idle.as_secs(), lengths.absolute.as_secs());
        if !(SHORTEST..=LONGEST_IDLE).contains(&idle) {
            return Err(EngineError::unfit("idleSeconds", "between 5 minutes and 30 days are expected"));
        }
        if !(SHORTEST..=LONGEST).contains(&absolute) {
            return Err(EngineError::unfit("absoluteSeconds", "between 5 minutes and 90 days are expected"));
        }
        if idle > absolute {
            return Err(EngineError::unfit("idleSeconds", "it cannot be more than absoluteSeconds"));
        }
        let document = |idle_seconds, absolute_seconds| {
            serde_json::to_value(Document { idle_seconds, absolute_seconds })
                .map_err(EngineError::document("the setting \"sessions\""))
        };
        let stored = self.store.setting(SETTING).await?;
        let before = read(stored.clone())?;
        if seen.is_some_and(|seen| seen != before) {
            return Err(StoreError::Stale { what: "setting", name: SETTING.to_owned() }.into());
        }
        let value = document(idle, absolute)?;
        let mut entry = self.draft(
            operator,
            EntryKind::SETTING_CHANGED,
            Subject::default(),
            "how long sessions last was set",
        );
        entry.before = Some(document(before.idle.as_secs(), before.absolute.as_secs())?);
        entry.after = Some(value.clone());
        let lengths = StoredLengths { idle: idle * 1_000_000, absolute: absolute * 1_000_000 };
        let change = SettingChange { name: SETTING, seen: stored.as_ref(), value: &value };
        Ok(self.store.set_session_lengths(lengths, change, self.now(), entry).await?)
    }
}

fn read(stored: Option<serde_json::Value>) -> Result<Lengths, EngineError> {
    let Some(value) = stored else { return Ok(Lengths::default()) };
    let document: Document =
        serde_json::from_value(value).map_err(EngineError::document("the setting \"sessions\""))?;
    Ok(Lengths {
        idle: SignedDuration::from_secs(document.idle_seconds),
        absolute: SignedDuration::from_secs(document.absolute_seconds),
    })
}
