//! Freezes: times in which no live run begins or goes on.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::SiteName;
use rollcall_planner::{Freeze, Mode};
use rollcall_store::{FreezeRow, StoreError};

/// A freeze as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeView {
    /// What it says.
    pub freeze: Freeze,
    /// When it is in force: now, or else next; `None`: never again.
    pub next: Option<(Timestamp, Timestamp)>,
    /// Whether it is in force now.
    pub is_in_force: bool,
    /// Who set it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

impl Engine {
    /// The freezes, by name.
    pub async fn freezes(&self, operator: &Operator) -> Result<Vec<FreezeView>, EngineError> {
        operator.check(UseCase::SeeFreezes)?;
        let rows = self.store.freezes().await?;
        rows.into_iter().map(|row| self.freeze_view(row)).collect()
    }

    /// One freeze.
    pub async fn freeze(&self, operator: &Operator, name: &str) -> Result<FreezeView, EngineError> {
        operator.check(UseCase::SeeFreezes)?;
        self.freeze_view(self.freeze_row(name).await?)
    }

    /// Sets a new freeze. From its first day on running live runs stop before their next item; they go on when it ends.
    pub async fn add_freeze(&self, operator: &Operator, freeze: &Freeze) -> Result<FreezeView, EngineError> {
        operator.check(UseCase::ChangeFreezes)?;
        self.set_freeze(operator, freeze, None).await
    }

    /// Changes a freeze. `seen` is the instant at which the one the operator looked at was changed last; absent: whatever it is.
    pub async fn change_freeze(
        &self,
        operator: &Operator,
        freeze: &Freeze,
        seen: Option<Timestamp>,
    ) -> Result<FreezeView, EngineError> {
        operator.check(UseCase::ChangeFreezes)?;
        let before = self.freeze_row(freeze.name()).await?;
        let expected = seen.unwrap_or(before.changed_at);
        self.set_freeze(operator, freeze, Some((before, expected))).await
    }

    /// Removes a freeze. What waits for its end goes on at once. `seen` as in [`Self::change_freeze`].
    pub async fn remove_freeze(
        &self,
        operator: &Operator,
        name: &str,
        seen: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeFreezes)?;
        let row = self.freeze_row(name).await?;
        let seen = seen.unwrap_or(row.changed_at);
        let why = format!("freeze \"{}\" was removed", row.name);
        let mut entry = self.draft(operator, EntryKind::FREEZE_REMOVED, Subject::default(), why);
        entry.before = Some(row.document);
        self.store.remove_freeze(&row.name, seen, self.now(), entry).await?;
        self.queued.notify_one();
        Ok(())
    }

    async fn set_freeze(
        &self,
        operator: &Operator,
        freeze: &Freeze,
        replaces: Option<(FreezeRow, Timestamp)>,
    ) -> Result<FreezeView, EngineError> {
        for site in freeze.sites() {
            self.site_row(site).await?;
        }
        if freeze.next(self.now()).is_none() {
            let (_, until) = freeze.days();
            let reason = format!(
                "freeze \"{}\" ended on {until} and would never be in force; give it days to come",
                freeze.name()
            );
            return Err(EngineError::Unfit { field: "until", reason });
        }
        let document = serde_json::to_value(freeze).map_err(EngineError::document("a freeze"))?;
        let why = format!("freeze \"{}\": {}", freeze.name(), freeze.reason());
        let mut entry = self.draft(operator, EntryKind::FREEZE_SET, Subject::default(), why);
        entry.after = Some(document.clone());
        let (before, expected) = replaces.unzip();
        entry.before = before.map(|row| row.document);
        let row = FreezeRow {
            name: freeze.name().to_owned(),
            document,
            changed_by: operator.name().to_owned(),
            changed_at: self.now(),
        };
        self.store.set_freeze(&row, expected, entry).await?;
        self.queued.notify_one();
        self.freeze_view(row)
    }

    async fn freeze_row(&self, name: &str) -> Result<FreezeRow, EngineError> {
        match self.store.freeze(name).await {
            Err(StoreError::NotFound { .. }) => {
                let known: Vec<_> = self.store.freezes().await?.into_iter().map(|row| row.name).collect();
                let remedy =
                    if known.is_empty() { String::new() } else { format!("; known: {}", known.join(", ")) };
                Err(EngineError::NotFound { what: "freeze", name: name.to_owned(), remedy })
            }
            found => Ok(found?),
        }
    }

    fn freeze_view(&self, row: FreezeRow) -> Result<FreezeView, EngineError> {
        let freeze = read(&row)?;
        let next = freeze.next(self.now());
        Ok(FreezeView {
            is_in_force: next.is_some_and(|(start, _)| start <= self.now()),
            next,
            freeze,
            changed_by: row.changed_by,
            changed_at: row.changed_at,
        })
    }

    /// No live run may begin or go on at a site that is frozen.
    pub(crate) async fn check_thawed(&self, site: &SiteName) -> Result<(), EngineError> {
        match rollcall_planner::frozen(&freezes(&self.store).await?, site, self.now()) {
            None => Ok(()),
            Some(frozen) => Err(EngineError::Frozen {
                site: site.clone(),
                freeze: frozen.name,
                until: frozen.until,
                reason: frozen.reason,
            }),
        }
    }

    /// As [`Self::check_thawed`], where it is a live run that is meant.
    pub(crate) async fn check_may_write(&self, mode: Mode, site: &SiteName) -> Result<(), EngineError> {
        if mode == Mode::Live { self.check_thawed(site).await } else { Ok(()) }
    }
}

/// All freezes.
pub(crate) async fn freezes(store: &rollcall_store::Store) -> Result<Vec<Freeze>, EngineError> {
    store.freezes().await?.iter().map(read).collect()
}

fn read(row: &FreezeRow) -> Result<Freeze, EngineError> {
    serde_json::from_value(row.document.clone())
        .map_err(EngineError::document(format!("freeze \"{}\"", row.name)))
}
