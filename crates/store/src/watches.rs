//! Watches: the events at sites that policies wait for, from when they are seen until a plan takes them.
//!
//! A policy is watched for from the instant it is switched on until it is switched off or loaded anew; both happen in the transaction of
//! the switch. Events and the cursor up to which a site was read are written together, so that none is lost and none counts twice.

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{instant, micros, storable, word};
use crate::{Store, StoreError};
use jiff::Timestamp;
use rollcall_model::{AccountKey, Change, PlanId, SiteId, SnapshotId, Trigger};

/// Two sign-ins of one account within this time are one, in microseconds: sources spell the same one differently.
const ONE_SIGN_IN: i64 = 60_000_000;
/// What stands in place of a plan where the criterion selected nobody.
const NOBODY: &str = "-";

/// How far a site was looked at for a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchCursor {
    /// Events up to then, by the site's clock, have been seen.
    pub read_until: Timestamp,
    /// The snapshot that was compared last.
    pub snapshot: Option<SnapshotId>,
    /// When it was looked last.
    pub looked_at: Timestamp,
}

/// An event of an account that concerns a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// The account.
    pub account: AccountKey,
    /// What happened.
    pub kind: Trigger,
    /// When, by the site's clock.
    pub happened_at: Timestamp,
    /// When Rollcall saw it: only a snapshot from then on shows it.
    pub seen_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    account: String,
    kind: String,
    happened_at: i64,
    seen_at: i64,
}

impl Row {
    fn event(self) -> Result<WatchEvent, StoreError> {
        let what = "an event";
        Ok(WatchEvent {
            kind: word(Trigger::from_name(&self.kind), &self.kind, what)?,
            happened_at: instant(self.happened_at, what)?,
            seen_at: instant(self.seen_at, what)?,
            account: self.account.into(),
        })
    }
}

impl Store {
    /// Since when a policy has been watched for; `None`: it is off.
    pub async fn watched_since(&self, policy: &str) -> Result<Option<Timestamp>, StoreError> {
        let row: Option<(i64,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT since FROM watches WHERE policy = $1",
            policy
        )?;
        row.map(|(since,)| instant(since, "a watch")).transpose()
    }

    /// How far a site was looked at for a policy; `None`: never since the policy was switched on.
    pub async fn watch_cursor(&self, policy: &str, site: &SiteId) -> Result<Option<WatchCursor>, StoreError> {
        let row: Option<(i64, Option<String>, i64)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT read_until, snapshot, looked_at FROM watch_cursors WHERE policy = $1 AND site = $2",
            policy,
            site.as_str(),
        )?;
        row.map(|(read_until, snapshot, looked_at)| {
            Ok(WatchCursor {
                read_until: instant(read_until, "a watch")?,
                snapshot: snapshot.map(Into::into),
                looked_at: instant(looked_at, "a watch")?,
            })
        })
        .transpose()
    }

    /// Keeps events and moves the cursor, together. An account is created once; a sign-in counts where it is later than the one known. Nothing is
    /// kept, and `false` is given, where the policy was switched since `since`.
    pub async fn collect_events(
        &self,
        policy: &str,
        since: Timestamp,
        site: &SiteId,
        events: &[WatchEvent],
        cursor: &WatchCursor,
    ) -> Result<bool, StoreError> {
        let mut writing = self.database.write().await?;
        // Locks the row: whoever switches the policy meanwhile waits, and takes back what is written here.
        let watched = execute!(
            &mut writing,
            "UPDATE watches SET since = since WHERE policy = $1 AND since = $2",
            policy,
            micros(since)
        )?;
        if watched == 0 {
            return Ok(false);
        }
        for event in events {
            execute!(
                &mut writing,
                "INSERT INTO watch_events (policy, site, account, kind, happened_at, seen_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (policy, site, account, kind) DO UPDATE
                 SET happened_at = excluded.happened_at, seen_at = excluded.seen_at, taken_by = NULL
                 WHERE watch_events.kind = 'login' AND excluded.happened_at > watch_events.happened_at + $7",
                policy,
                site.as_str(),
                &*storable(event.account.as_str()),
                event.kind.as_str(),
                micros(event.happened_at),
                micros(event.seen_at),
                ONE_SIGN_IN,
            )?;
        }
        execute!(
            &mut writing,
            "INSERT INTO watch_cursors (policy, site, read_until, snapshot, looked_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (policy, site) DO UPDATE
             SET read_until = excluded.read_until, snapshot = excluded.snapshot, looked_at = excluded.looked_at",
            policy,
            site.as_str(),
            micros(cursor.read_until),
            cursor.snapshot.as_ref().map(AsRef::<str>::as_ref),
            micros(cursor.looked_at),
        )?;
        writing.commit().await?;
        Ok(true)
    }

    /// The events that wait for a plan of the policy at the site, oldest first.
    pub async fn open_events(&self, policy: &str, site: &SiteId) -> Result<Vec<WatchEvent>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT account, kind, happened_at, seen_at FROM watch_events
             WHERE policy = $1 AND site = $2 AND taken_by IS NULL ORDER BY happened_at, account, kind",
            policy,
            site.as_str(),
        )?;
        rows.into_iter().map(Row::event).collect()
    }

    /// Takes events of which nobody was selected: they wait no longer.
    pub async fn drop_events(
        &self,
        policy: &str,
        site: &SiteId,
        events: &[WatchEvent],
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        take(&mut writing, policy, site, events, NOBODY).await?;
        writing.commit().await
    }

    /// What live runs did at a site after an instant: account, change, when.
    pub async fn deeds_since(
        &self,
        site: &SiteId,
        since: Timestamp,
    ) -> Result<Vec<(AccountKey, Change, Timestamp)>, StoreError> {
        let rows: Vec<(String, String, i64)> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT run_items.account, run_items.change, run_items.finished_at
             FROM run_items JOIN runs ON runs.id = run_items.run
             WHERE runs.site = $1 AND runs.mode = 'live' AND run_items.state = 'done' AND run_items.finished_at > $2
               AND (runs.finished_at IS NULL OR runs.finished_at > $2)
             ORDER BY run_items.finished_at",
            site.as_str(),
            micros(since),
        )?;
        let deed = |(account, change, at): (String, String, i64)| {
            let change = serde_json::from_str(&change)
                .map_err(|error| StoreError::corrupt("an item of a run", &error))?;
            Ok((account.into(), change, instant(at, "an item of a run")?))
        };
        rows.into_iter().map(deed).collect()
    }
}

/// Marks events as taken by a plan. A newer event of the same account that came meanwhile goes on waiting.
pub(crate) async fn take(
    writing: &mut Writing,
    policy: &str,
    site: &SiteId,
    events: &[WatchEvent],
    by: &str,
) -> Result<(), StoreError> {
    for event in events {
        execute!(
            writing,
            "UPDATE watch_events SET taken_by = $6
             WHERE policy = $1 AND site = $2 AND account = $3 AND kind = $4 AND happened_at = $5 AND taken_by IS NULL",
            policy,
            site.as_str(),
            &*storable(event.account.as_str()),
            event.kind.as_str(),
            micros(event.happened_at),
            by,
        )?;
    }
    Ok(())
}

/// Takes the events of a plan that is being stored.
pub(crate) async fn take_for_plan(
    writing: &mut Writing,
    policy: &str,
    site: &SiteId,
    events: &[WatchEvent],
    plan: &PlanId,
) -> Result<(), StoreError> {
    take(writing, policy, site, events, plan.as_str()).await
}

/// A policy is on: it is watched for from now on, unless it is already.
pub(crate) async fn begin(writing: &mut Writing, policy: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        writing,
        "INSERT INTO watches (policy, since) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        policy,
        micros(now)
    )?;
    Ok(())
}

/// A policy is off: nothing is collected for it, and what was collected waits for nothing.
pub(crate) async fn end(writing: &mut Writing, policy: &str) -> Result<(), StoreError> {
    execute!(writing, "DELETE FROM watches WHERE policy = $1", policy)?;
    execute!(writing, "DELETE FROM watch_cursors WHERE policy = $1", policy)?;
    execute!(writing, "DELETE FROM watch_events WHERE policy = $1", policy)?;
    Ok(())
}
