//! Who works on a run. A lease is taken by one compare-and-set and carries an epoch; every write of the owner names both, so
//! a process that slept through the end of its lease changes no row.

use crate::database::{Writing, execute, fetch_optional};
use crate::row::{instant, micros, number, storable};
use crate::runs::state_named;
use crate::words::{RunState, RunTransitionError};
use crate::{Store, StoreError, audit};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, Subject};
use rollcall_model::RunId;

/// The right to work on a run, until it ends or somebody else has taken the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    run: RunId,
    owner: String,
    epoch: u64,
    until: Timestamp,
    /// What the audit entries of the run's items are about, and whom they name.
    pub(crate) subject: Subject,
    pub(crate) actor: String,
}

impl Lease {
    /// The run.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// Who holds it.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// How often the run was taken, this time included.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Until when nobody else takes the run.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

/// What a renewal brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// The lease with its new end.
    pub lease: Lease,
    /// Why the run is to stop, where somebody asked for it.
    pub stop: Option<String>,
}

/// What the guard saw while it locked the run.
pub(crate) struct Held {
    pub(crate) state: RunState,
    pub(crate) is_stop_wanted: bool,
    /// Items without outcome.
    pub(crate) open: i64,
}

/// Locks the run for the rest of the transaction, if it is still the lease's.
pub(crate) async fn guard(writing: &mut Writing, lease: &Lease) -> Result<Held, StoreError> {
    let row: Option<(String, bool, i64)> = fetch_optional!(
        writing,
        "UPDATE runs SET lease_epoch = lease_epoch WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3
         RETURNING state, stop_wanted, n_pending + n_started",
        lease.run.as_str(),
        &lease.owner,
        i64::try_from(lease.epoch).unwrap_or(i64::MAX),
    )?;
    let (state, is_stop_wanted, open) =
        row.ok_or_else(|| StoreError::LeaseLost { run: lease.run.clone() })?;
    Ok(Held { state: state_named(&state, "a run")?, is_stop_wanted, open })
}

fn end_of_lease(now: Timestamp, lease_for: SignedDuration) -> Timestamp {
    now.saturating_add(lease_for).unwrap_or(now)
}

#[derive(sqlx::FromRow)]
struct Taken {
    lease_epoch: i64,
    site: String,
    plan: String,
    policy: Option<String>,
    started_by: String,
}

impl Store {
    /// Takes a run that nobody works on. `owner` names this process, unlike any other's name.
    /// A run somebody works on is [`StoreError::LeaseHeld`], one that is over [`StoreError::RunStep`]. Of live runs at one site one is worked on
    /// at a time: beside another one it is [`StoreError::SiteHeld`].
    pub async fn take_run(
        &self,
        run: &RunId,
        owner: &str,
        now: Timestamp,
        lease_for: SignedDuration,
        entry: Draft,
    ) -> Result<Lease, StoreError> {
        let until = end_of_lease(now, lease_for);
        let owner = storable(owner).into_owned();
        let mut writing = self.database.write().await?;
        // Two that are taken at the same time must see each other.
        writing.alone().await?;
        if let Some(other) = beside(&mut writing, run, now).await? {
            return Err(StoreError::SiteHeld { run: other });
        }
        let taken: Option<Taken> = fetch_optional!(
            &mut writing,
            "UPDATE runs SET lease_owner = $2, lease_epoch = lease_epoch + 1, lease_until = $4,
                             started_at = COALESCE(started_at, $3),
                             state = CASE WHEN state = 'pending' THEN 'running' ELSE state END
             WHERE id = $1 AND state IN ('pending', 'running', 'stopping') AND (lease_owner IS NULL OR lease_until <= $3)
             RETURNING lease_epoch, site, plan, policy, started_by",
            run.as_str(),
            &owner,
            micros(now),
            micros(until),
        )?;
        let Some(taken) = taken else { return Err(why_not(&mut writing, run).await?) };
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(Lease {
            run: run.clone(),
            owner,
            epoch: number(taken.lease_epoch, "a run")?,
            until,
            subject: Subject {
                site: Some(taken.site.into()),
                plan: Some(taken.plan.into()),
                policy: taken.policy,
                run: Some(run.clone()),
                ..Subject::default()
            },
            actor: taken.started_by,
        })
    }

    /// Prolongs a lease. One that ran out but was taken by nobody is still good.
    pub async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Renewal, StoreError> {
        let until = end_of_lease(now, lease_for);
        let mut writing = self.database.write().await?;
        let row: Option<(bool, Option<String>)> = fetch_optional!(
            &mut writing,
            "UPDATE runs SET lease_until = $4 WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3
             RETURNING stop_wanted, stop_reason",
            lease.run.as_str(),
            &lease.owner,
            i64::try_from(lease.epoch).unwrap_or(i64::MAX),
            micros(until),
        )?;
        let (is_wanted, reason) = row.ok_or_else(|| StoreError::LeaseLost { run: lease.run.clone() })?;
        writing.commit().await?;
        let stop = is_wanted.then(|| reason.unwrap_or_default());
        Ok(Renewal { lease: Lease { until, ..lease.clone() }, stop })
    }

    /// Gives a run back as it stands, for anybody to take.
    pub async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        guard(&mut writing, &lease).await?;
        execute!(
            &mut writing,
            "UPDATE runs SET lease_owner = NULL, lease_until = NULL WHERE id = $1",
            lease.run.as_str(),
        )?;
        writing.commit().await
    }

    /// Ends the lease of a process that is known to be dead, as it was taken the `epoch`-th time. If it was taken again since, nothing is changed.
    pub async fn expire_lease(&self, run: &RunId, epoch: u64) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "UPDATE runs SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_epoch = $2",
            run.as_str(),
            i64::try_from(epoch).unwrap_or(i64::MAX),
        )?;
        writing.commit().await
    }
}

/// The live run that somebody works on at the site of this live run, where there is one.
async fn beside(writing: &mut Writing, run: &RunId, now: Timestamp) -> Result<Option<RunId>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        writing,
        "SELECT other.id FROM runs JOIN runs AS other ON other.site = runs.site AND other.id <> runs.id
         WHERE runs.id = $1 AND runs.mode = 'live' AND runs.state IN ('pending', 'running', 'stopping')
           AND (runs.lease_owner IS NULL OR runs.lease_until <= $2)
           AND other.mode = 'live' AND other.state IN ('pending', 'running', 'stopping')
           AND other.lease_owner IS NOT NULL AND other.lease_until > $2
         ORDER BY other.created_at LIMIT 1",
        run.as_str(),
        micros(now),
    )?;
    Ok(row.map(|(id,)| id.into()))
}

/// Why a run could not be taken.
async fn why_not(writing: &mut Writing, run: &RunId) -> Result<StoreError, StoreError> {
    let row: Option<(String, Option<String>, Option<i64>)> = fetch_optional!(
        writing,
        "SELECT state, lease_owner, lease_until FROM runs WHERE id = $1",
        run.as_str(),
    )?;
    let Some((state, owner, until)) = row else { return Ok(StoreError::not_found("run", run)) };
    let from = state_named(&state, "a run")?;
    match (owner, until) {
        (Some(owner), Some(until)) => {
            Ok(StoreError::LeaseHeld { run: run.clone(), owner, until: instant(until, "a lease")? })
        }
        _ => Ok(StoreError::RunStep {
            run: run.clone(),
            step: RunTransitionError { from, to: RunState::Running },
        }),
    }
}
