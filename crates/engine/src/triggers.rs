//! Triggers: policies that wait for events. A site is looked at every so often; what happened there is kept for each policy until a plan
//! takes it.
//!
//! What happened is known from two sides: the site's own records, asked for in a few requests, and the difference of two snapshots. Events and
//! the cursor up to which a site was read are kept together, so that a crash loses none and repeats none.

use crate::plans::ShowProgress;
use crate::sites::OpenedSite;
use crate::{Engine, EngineError, MadePlan, Operator, PolicyState, Ran, RunEnd, ShowItems, Task, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::{SiteName, SnapshotId, Trigger};
use rollcall_planner::{Mode, Only, Policy};
use rollcall_report::RunReport;
use rollcall_snapshot::{Event, Snapshot, events, events_since};
use rollcall_store::{SiteRow, StoreError, WatchCursor, WatchEvent};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A site's records are asked for again from so long before where they were read to: entries may be written a little late. What is seen twice
/// counts once.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// A policy that something happened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePolicy {
    /// The policy.
    pub policy: String,
    /// Where.
    pub site: SiteName,
    /// How many accounts.
    pub accounts: usize,
}

/// What looking for events came to.
#[derive(Debug, Default)]
pub struct Polled {
    /// The policies that something happened for.
    pub due: Vec<DuePolicy>,
    /// The first thing that went wrong; everything else was looked at all the same.
    pub trouble: Option<EngineError>,
}

impl Polled {
    fn note(&mut self, error: EngineError) {
        tracing::warn!(%error, "events could not be looked for everywhere");
        self.trouble.get_or_insert(error);
    }

    fn add(&mut self, policy: &Policy, site: &SiteRow, events: &[WatchEvent]) {
        let accounts = events.iter().map(|event| &event.account).collect::<BTreeSet<_>>().len();
        if accounts > 0 {
            self.due.push(DuePolicy { policy: policy.name.clone(), site: site.name.clone(), accounts });
        }
    }
}

/// A policy that waits for events at a site, and is due to be looked for.
struct Waiting<'a> {
    policy: &'a Policy,
    since: Timestamp,
    cursor: Option<WatchCursor>,
}

impl Waiting<'_> {
    fn read_until(&self) -> Timestamp {
        self.cursor.as_ref().map_or(self.since, |cursor| cursor.read_until)
    }
}

impl Engine {
    /// Looks at every site for whose events a policy waits, as often as the policy says. Tells for which policies something has happened that no
    /// plan has taken yet. A site that cannot be looked at, or is there no more, hinders no other, and is looked at again the next time.
    pub async fn poll_triggers(&self, operator: &Operator) -> Result<Polled, EngineError> {
        operator.check(UseCase::Apply)?;
        let mut polled = Polled::default();
        let mut waiting: Vec<Policy> = Vec::new();
        for row in self.store.policies().await? {
            match crate::policies::view(&row) {
                Ok(view) if view.state != PolicyState::Off && !view.policy.on.is_empty() => {
                    waiting.push(view.policy);
                }
                Ok(_) => {}
                Err(error) => polled.note(error),
            }
        }
        let sites: BTreeSet<SiteName> = waiting.iter().flat_map(|policy| policy.sites.clone()).collect();
        for site in sites {
            let here: Vec<&Policy> = waiting.iter().filter(|policy| policy.sites.contains(&site)).collect();
            match self.site_waited_for(&site, &here).await {
                Ok(row) => self.poll_at(operator, &row, &here, &mut polled).await,
                Err(error) => polled.note(error),
            }
        }
        Ok(polled)
    }

    /// The periodic duty: looks for events, and queues a run for each policy that something happened for. One that is under way, paused, or rests
    /// because it failed, is queued another time: the events wait. What goes wrong with one policy hinders no other, and is told at the end.
    pub(crate) async fn queue_triggered(&self) -> Result<(), EngineError> {
        let scheduler = Operator::scheduler();
        let Polled { due, mut trouble } = self.poll_triggers(&scheduler).await?;
        for due in due {
            if let Err(error) = self.queue_for_events(&scheduler, &due).await {
                tracing::warn!(%error, policy = %due.policy, site = %due.site, "a run for events could not be queued");
                trouble.get_or_insert(error);
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    async fn queue_for_events(&self, scheduler: &Operator, due: &DuePolicy) -> Result<(), EngineError> {
        let rests_until = self.rests_until(&due.policy, &self.site_row(&due.site).await?).await?;
        if self.store.schedule(&due.policy).await?.is_paused || rests_until.is_some_and(|at| self.now() < at)
        {
            return Ok(());
        }
        let task = Task::RunForEvents { policy: due.policy.clone(), site: due.site.clone() };
        match self.enqueue(scheduler, task).await {
            Ok(_) | Err(EngineError::Store(StoreError::Conflict { .. })) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A site for whose events these policies wait.
    async fn site_waited_for(&self, site: &SiteName, policies: &[&Policy]) -> Result<SiteRow, EngineError> {
        match self.store.site_named(site).await {
            Err(StoreError::NotFound { .. }) => {
                let names: Vec<_> = policies.iter().map(|policy| policy.name.as_str()).collect();
                Err(EngineError::site_is_gone(site, &names))
            }
            found => Ok(found?),
        }
    }

    /// Looks at a site; what was seen there before is told even where that fails.
    async fn poll_at(&self, operator: &Operator, site: &SiteRow, policies: &[&Policy], polled: &mut Polled) {
        if let Err(error) = self.poll_site(operator, site, policies).await {
            polled.note(error);
        }
        for policy in policies {
            match self.store.open_events(&policy.name, &site.id).await {
                Ok(events) => polled.add(policy, site, &events),
                Err(error) => polled.note(error.into()),
            }
        }
    }

    async fn poll_site(
        &self,
        operator: &Operator,
        row: &SiteRow,
        policies: &[&Policy],
    ) -> Result<(), EngineError> {
        let site = &row.name;
        let mut waiting = Vec::new();
        for policy in policies {
            let Some(since) = self.store.watched_since(&policy.name).await? else { continue };
            let cursor = self.store.watch_cursor(&policy.name, &row.id).await?;
            let is_due =
                |cursor: &WatchCursor| self.now().duration_since(cursor.looked_at) >= policy.poll.duration();
            if cursor.as_ref().is_none_or(is_due) {
                waiting.push(Waiting { policy, since, cursor });
            }
        }
        let Some(since) = waiting.iter().map(Waiting::read_until).min() else { return Ok(()) };
        self.check_refusal(operator, row).await?;
        let looked_at = self.now();
        let opened = self.open_site(site).await?;
        let kinds: BTreeSet<Trigger> = waiting.iter().flat_map(|w| w.policy.on.clone()).collect();
        let from = since.saturating_sub(OVERLAP).unwrap_or(since);
        let told = match opened.site.events_since(from, &kinds).await {
            Ok(told) => told,
            Err(error) => {
                self.note_trouble(operator, site, &error).await;
                return Err(EngineError::site(site)(error));
            }
        };
        // Only a snapshot from now on shows all of that.
        let seen_at = self.now();
        let newest = self.newest_for(operator, &opened, &waiting, &told.told).await?;
        for waits in waiting {
            let concerns =
                |kind: Trigger, at: Timestamp| waits.policy.on.contains(&kind) && at >= waits.since;
            let mut found: Vec<WatchEvent> = Vec::new();
            for event in told.events.iter().filter(|event| concerns(event.kind, event.at)) {
                found.push(WatchEvent {
                    account: event.account.key.clone(),
                    kind: event.kind,
                    happened_at: event.at,
                    seen_at,
                });
            }
            if let Some(newest) = &newest {
                let between = self.between(waits.cursor.as_ref(), newest, waits.since).await?;
                let seen = between.into_iter().filter(|event| concerns(event.kind, event.at));
                found.extend(seen.map(|event| WatchEvent {
                    account: event.account.key,
                    kind: event.kind,
                    happened_at: event.at,
                    seen_at: newest.taken_at(),
                }));
            }
            let before = waits.cursor.as_ref().and_then(|cursor| cursor.snapshot.clone());
            let cursor = WatchCursor {
                read_until: waits.read_until().max(told.read_until),
                snapshot: newest.as_ref().map(|newest| newest.id().clone()).or(before),
                looked_at,
            };
            self.store.collect_events(&waits.policy.name, waits.since, &row.id, &found, &cursor).await?;
        }
        Ok(())
    }

    /// The newest snapshot, if one of the policies has not seen it yet; read anew where a policy waits for what only two snapshots tell, and the
    /// newest is older than it may be.
    async fn newest_for(
        &self,
        operator: &Operator,
        opened: &OpenedSite,
        waiting: &[Waiting<'_>],
        told: &BTreeSet<Trigger>,
    ) -> Result<Option<Arc<Snapshot>>, EngineError> {
        let header = self.store.newest_snapshot(&opened.row.id).await?;
        let age = header.as_ref().map(|header| self.now().duration_since(header.taken_at));
        let is_wanted = |w: &Waiting<'_>| {
            let is_untold = w.policy.on.iter().any(|kind| !told.contains(kind));
            is_untold && age.is_none_or(|age| age >= w.policy.poll.duration())
        };
        if waiting.iter().any(is_wanted) {
            return Ok(Some(self.sync(operator, &opened.row.name, &|_| ()).await?.picture.snapshot));
        }
        let Some(header) = header else { return Ok(None) };
        let is_unseen = |w: &Waiting<'_>| {
            w.cursor.as_ref().and_then(|cursor| cursor.snapshot.as_ref()) != Some(&header.id)
        };
        if waiting.iter().any(is_unseen) { Ok(Some(self.load_snapshot(&header.id).await?)) } else { Ok(None) }
    }

    /// What happened between the snapshot that was compared last and the newest. Without one, what the newest itself dates after the policy was
    /// switched on.
    async fn between(
        &self,
        cursor: Option<&WatchCursor>,
        newest: &Snapshot,
        since: Timestamp,
    ) -> Result<Vec<Event>, EngineError> {
        let last: Option<&SnapshotId> = cursor.and_then(|cursor| cursor.snapshot.as_ref());
        match last {
            Some(last) if last == newest.id() => Ok(Vec::new()),
            Some(last) => match self.load_snapshot(last).await {
                Ok(old) => Ok(events(&old, newest)),
                // It was thinned out meanwhile.
                Err(EngineError::Store(StoreError::NotFound { .. })) => {
                    Ok(events_since(newest, cursor.map_or(since, |cursor| cursor.looked_at)))
                }
                Err(error) => Err(error),
            },
            None => Ok(events_since(newest, since)),
        }
    }

    /// Runs a policy at a site for the accounts alone that something happened to and that no plan has taken yet, and for those of `again`, whom
    /// a plan had taken that came to nothing. `None`: there is nobody, or the criterion selects nobody of them. A run of the policy that
    /// was left behind by a dead process is finished first, and is then all that happens.
    pub async fn run_policy_for_events(
        &self,
        operator: &Operator,
        name: &str,
        site: &SiteName,
        again: Option<&Only>,
        progress: ShowProgress<'_>,
        show: ShowItems,
    ) -> Result<Option<Ran>, EngineError> {
        operator.check(UseCase::Apply)?;
        let (policy, state) = self.stored_policy(name).await?;
        if state == PolicyState::Off {
            return Err(EngineError::NotNow(format!(
                "policy \"{name}\" is off; switch it on with `rollcall policy enable {name}`"
            )));
        }
        if let Some(run) = self.unfinished_run(name, site).await? {
            let (report, end) = self.resume(operator, &run, show).await?;
            return Ok(Some(ran(report, end)));
        }
        let row = self.site_row(site).await?;
        let events = self.store.open_events(name, &row.id).await?;
        let mut only = again.cloned().unwrap_or_default();
        for event in &events {
            only.accounts.entry(event.account.clone()).or_default().insert(event.kind);
        }
        if only.accounts.is_empty() {
            return Ok(None);
        }
        let Some(made) = self.plan_for_events(operator, &policy, &row, &only, &events, progress).await?
        else {
            return Ok(None);
        };
        self.apply_or_hold(operator, &policy, made, show).await.map(Some)
    }

    /// What becomes of a plan that was just made for a policy: it is applied, unless a limit or a missing approval holds it up.
    pub(crate) async fn apply_or_hold(
        &self,
        operator: &Operator,
        policy: &Policy,
        made: MadePlan,
        show: ShowItems,
    ) -> Result<Ran, EngineError> {
        if made.plan.mode == Mode::Live && (made.plan.is_blocked() || made.is_awaiting) {
            self.queue_plan_report(&policy.report, &self.plan_report(operator, &made).await?).await?;
            return Ok(Ran::Held(Box::new(made)));
        }
        let (report, end) = self.apply(operator, &made.plan.id, show).await?;
        Ok(ran(report, end))
    }
}

fn ran(report: RunReport, end: RunEnd) -> Ran {
    Ran::Run { report: Box::new(report), end }
}
