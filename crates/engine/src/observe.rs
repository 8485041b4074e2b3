//! Observing: a site is read into a new snapshot, or the newest one is good enough.

use crate::{Engine, EngineError, Operator, Progress, UseCase, about_site};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::EntryKind;
use rollcall_model::{AccountRef, Change, SiteName, SnapshotId, Status};
use rollcall_site::ObserveRequest;
use rollcall_snapshot::{Difference, Facts, History, OwnDeed, Snapshot, difference};
use rollcall_store::{SiteRow, SnapshotRow};
use serde_json::json;
use std::sync::Arc;

/// A snapshot with what Rollcall itself knows of its accounts.
#[derive(Clone)]
pub struct Picture {
    /// What the site said.
    pub snapshot: Arc<Snapshot>,
    /// What Rollcall knows.
    pub facts: Arc<Facts>,
    /// Tells these facts from all others in this process.
    pub(crate) facts_number: u64,
}

/// How old a snapshot may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The newest there is, however old; an error if there is none.
    Any,
    /// Read the site if the newest is older than this.
    AtMost(SignedDuration),
}

/// What a sync came to.
pub struct Synced {
    /// The new picture.
    pub picture: Picture,
    /// What changed since the snapshot before; `None` for the first.
    pub difference: Option<Difference>,
    /// Requests it took.
    pub requests: u64,
}

impl Engine {
    /// Reads a site into a new snapshot. All or nothing.
    #[tracing::instrument(name = "sync", skip_all, fields(%site))]
    pub async fn sync(
        &self,
        operator: &Operator,
        site: &SiteName,
        progress: &(dyn Fn(Progress<'_>) + Send + Sync),
    ) -> Result<Synced, EngineError> {
        operator.check(UseCase::Sync)?;
        self.check_refusal(operator, &self.site_row(site).await?).await?;
        let opened = self.open_site(site).await?;
        let before = self.newest_snapshot(&opened.row).await?;
        let first = before.as_ref().map(|(snapshot, _)| doubtful(snapshot)).unwrap_or_default();
        let clock = &self.clock;
        let audit_days = i64::from(opened.settings.audit_days);
        let request = ObserveRequest {
            site: opened.row.id.clone(),
            progress,
            contributions: opened.settings.contributions,
            contributions_first: &first,
            audit_since: (audit_days > 0).then(|| self.now() - SignedDuration::from_hours(24 * audit_days)),
            now: &|| clock.now(),
        };
        let sent_before = opened.site.requests_sent();
        let observed = tokio::select! {
            observed = opened.site.observe(request) => observed,
            // Reading changes nothing: it is given up at once.
            () = self.closed() => return Err(EngineError::Closing),
        };
        let observation = match observed {
            Ok(observation) => observation,
            Err(error) => {
                self.note_trouble(operator, site, &error).await;
                return Err(EngineError::site(site)(error));
            }
        };
        self.note_answer(&opened.row).await;
        let requests = opened.site.requests_sent() - sent_before;
        tracing::info!(requests, accounts = observation.accounts.len(), "the site was read");
        let snapshot = Snapshot::build(SnapshotId::new(self.new_id()), observation)?;
        let deeds = match &before {
            Some((before, _)) => self.own_deeds(&opened.row, before.started_at()).await?,
            None => Vec::new(),
        };
        let history = History::advance_knowing(before.as_ref().map(|(s, h)| (&**s, &**h)), &snapshot, &deeds);
        let difference = before.as_ref().map(|(old, _)| difference(old, &snapshot));
        self.keep_snapshot(operator, &opened.row, &snapshot, &history, requests).await?;
        let picture = self.keep_picture(&opened.row, snapshot, history).await?;
        Ok(Synced { picture, difference, requests })
    }

    /// What Rollcall itself did since then that may have taken the way in from accounts.
    async fn own_deeds(&self, site: &SiteRow, since: Timestamp) -> Result<Vec<OwnDeed>, EngineError> {
        let deeds = self.store.deeds_since(&site.id, since).await?.into_iter();
        let deed = |(account, change, at)| {
            let is_deactivation = match change {
                Change::Disable | Change::Suspend | Change::RemoveFromDirectory => true,
                Change::RemoveFromGroup { .. } => false,
                _ => return None,
            };
            Some(OwnDeed { account, at, is_deactivation })
        };
        Ok(deeds.filter_map(deed).collect())
    }

    async fn keep_snapshot(
        &self,
        operator: &Operator,
        site: &SiteRow,
        snapshot: &Snapshot,
        history: &History,
        requests: u64,
    ) -> Result<(), EngineError> {
        let encoded = snapshot.encode();
        let header = SnapshotRow {
            id: snapshot.id().clone(),
            site: site.id.clone(),
            taken_at: snapshot.taken_at(),
            hash: snapshot.hash().to_owned(),
            accounts: snapshot.len().into(),
            bytes: encoded.len() as u64,
            encoding: Snapshot::ENCODING,
        };
        let mut subject = about_site(&site.id);
        subject.snapshot = Some(snapshot.id().clone());
        let mut entry = self.draft(
            operator,
            EntryKind::SNAPSHOT_TAKEN,
            subject,
            format!("site \"{}\" was read", site.name),
        );
        entry.details = json!({ "hash": snapshot.hash(), "accounts": snapshot.len(), "groups": snapshot.group_count(), "requests": requests });
        Ok(self.store.add_snapshot(&header, &encoded, Some(&history.encode()), entry).await?)
    }

    /// The picture of a site, read anew where it is not fresh enough.
    pub async fn picture(
        &self,
        operator: &Operator,
        site: &SiteName,
        freshness: Freshness,
        progress: &(dyn Fn(Progress<'_>) + Send + Sync),
    ) -> Result<Picture, EngineError> {
        operator.check(UseCase::SeeAccounts)?;
        let row = self.site_row(site).await?;
        let newest = self.store.newest_snapshot(&row.id).await?;
        let is_fresh = match (&newest, freshness) {
            (Some(_), Freshness::Any) => true,
            (Some(header), Freshness::AtMost(age)) => self.now().duration_since(header.taken_at) <= age,
            (None, _) => false,
        };
        if is_fresh && let Some(newest) = newest {
            return self.picture_of(&row, &newest.id).await;
        }
        if freshness == Freshness::Any {
            return Err(EngineError::NotNow(format!(
                "there is no snapshot of site \"{site}\" yet; make one with `rollcall sync {site}`"
            )));
        }
        Ok(self.sync(operator, site, progress).await?.picture)
    }

    /// The newest snapshot of a site with its history.
    async fn newest_snapshot(
        &self,
        site: &SiteRow,
    ) -> Result<Option<(Arc<Snapshot>, Arc<History>)>, EngineError> {
        let Some(header) = self.store.newest_snapshot(&site.id).await? else { return Ok(None) };
        self.load_seen(&header.id).await.map(Some)
    }
}

/// Whose newest contribution is worth a request first: enabled accounts that nothing shows to be active in the last month, longest silence first.
fn doubtful(snapshot: &Snapshot) -> Vec<AccountRef> {
    let month_ago = snapshot.taken_at() - SignedDuration::from_hours(24 * 30);
    let mut silent: Vec<(Option<Timestamp>, AccountRef)> = snapshot
        .accounts()
        .filter(|account| account.status() != Some(Status::Disabled))
        .map(|account| (snapshot.activity(None).newest(account.index()), account.reference()))
        .filter(|(newest, _)| newest.is_none_or(|at| at < month_ago))
        .collect();
    silent.sort_by_key(|(newest, _)| *newest);
    silent.into_iter().map(|(_, account)| account).collect()
}
