//! Reading the whole site: every listing at once, so that the connection is never idle; all or nothing.

use super::assemble::{Parts, assemble};
use super::audit::{AuditLog, read_events};
use super::capability::{lists_active, lists_everybody, may_look_up_groups_by_query};
use super::contributions::{choose, read_contributions};
use super::groups::{GroupReader, GroupsReading, groups_of};
use super::paging::read_all;
use super::people::{ActiveList, People};
use super::probe::{Findings, read_reindexing};
use super::rights::fold;
use super::wire::Person;
use super::{ConfluenceDc, active_listing, identity, optional, user_listing};
use crate::transport::fits_in_a_path;
use futures::StreamExt as _;
use rollcall_model::{AccountIndex, Observation, plain};
use rollcall_site::{ObserveRequest, Progress, SiteError};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Pages of the audit log read at most at each sync.
const AUDIT_PAGES: u32 = 1_000;
/// Above this many people, groups whose name fits in no address are left out rather than found person by person.
const PEOPLE_ASKED_ONE_BY_ONE: usize = 5_000;

/// What the list of active people gave.
pub(super) struct ActiveReading {
    pub(super) list: ActiveList,
    /// People listed twice although nothing moved: a sign of a stale index (§4.1).
    pub(super) doubles: usize,
}

impl ConfluenceDc {
    pub(super) async fn read_site(&self, request: &ObserveRequest<'_>) -> Result<Observation, SiteError> {
        let started_at = (request.now)();
        let findings = self.find_out().await?;
        let report = |what: &'static str| {
            move |done: u64, of: Option<u64>| (request.progress)(Progress { what, done, of })
        };
        let people = Mutex::new(People::default());
        let (accounts_progress, active_progress) = (report("accounts"), report("active accounts"));
        let (groups_progress, audit_progress) = (report("groups"), report("audit events"));
        let reader = GroupReader::new(&self.transport, &findings.version, &people, &groups_progress);
        let (everybody, active, groups, audit) = tokio::try_join!(
            self.read_everybody(&findings, &people, &accounts_progress),
            self.read_active(&findings, &people, &active_progress),
            reader.read(),
            self.read_audit(request, &audit_progress),
        )?;
        let mut people = people.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut notes = everybody.notes;
        let groups = self.find_members_by_account(groups, &findings, &people, &mut notes).await?;
        let contributions = if request.contributions == 0 {
            None
        } else {
            let chosen =
                choose(people.records(), request.contributions_first, request.contributions, |key| {
                    people.find(key)
                });
            let names: HashMap<AccountIndex, String> =
                chosen.into_iter().map(|i| (i, people.record(i).username.clone())).collect();
            Some(read_contributions(&self.transport, &names, &report("contributions")).await?)
        };
        // Whoever we were at the beginning we must be at the end: a token that runs out half way is served as anonymous, with less to
        // see (§3.2). And a rebuilding of the index may have begun meanwhile.
        let me = identity::who_am_i(&self.transport).await?;
        if me.key != findings.profile.own_account.key {
            return Err(SiteError::Incomplete {
                reason: "the site took us for another account at the end than at the beginning".to_owned(),
            });
        }
        let is_reindexing =
            findings.is_reindexing || read_reindexing(&self.transport, &findings.version).await?;
        if lists_everybody(&findings.version) {
            self.rosters.expect(people.len() as u64, everybody.page_size);
        }
        Ok(assemble(Parts {
            site: request.site.clone(),
            started_at,
            finished_at: (request.now)(),
            findings,
            people,
            active,
            groups,
            audit,
            contributions,
            is_reindexing,
            settings: &self.settings,
            notes,
        }))
    }

    /// All people, where the version lists them.
    async fn read_everybody(
        &self,
        findings: &Findings,
        people: &Mutex<People>,
        progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Everybody, SiteError> {
        if !lists_everybody(&findings.version) {
            return Ok(Everybody {
                notes: vec![format!(
                    "Confluence {} does not list all people: only members of groups are seen; disabled people and people in no group may be missing",
                    findings.version
                )],
                page_size: 0,
            });
        }
        let reading = read_all::<Person>(&self.transport, &user_listing(), progress).await?;
        let mut notes = Vec::new();
        if reading.doubles > 0 {
            notes.push(format!(
                "{} accounts were listed twice, as accounts of one name in several directories are; each counts once",
                reading.doubles
            ));
        }
        if reading.nameless > 0 {
            notes.push(format!(
                "{} listed entries are nobody in particular and were left out",
                reading.nameless
            ));
        }
        let mut people = people.lock().unwrap_or_else(PoisonError::into_inner);
        for person in &reading.entries {
            people.add(person);
        }
        Ok(Everybody { notes, page_size: reading.page_size })
    }

    /// The people who cost a seat, where the version lists them and we may see it.
    async fn read_active(
        &self,
        findings: &Findings,
        people: &Mutex<People>,
        progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Option<ActiveReading>, SiteError> {
        if !lists_active(&findings.version) {
            return Ok(None);
        }
        let reading = match read_all::<Person>(&self.transport, &active_listing(), progress).await {
            Err(SiteError::Forbidden { .. } | SiteError::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let mut people = people.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = ActiveList::default();
        for person in &reading.entries {
            list.add(&mut people, person);
        }
        Ok(Some(ActiveReading { list, doubles: reading.doubles }))
    }

    async fn read_audit(
        &self,
        request: &ObserveRequest<'_>,
        progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<AuditLog, SiteError> {
        let Some(since) = request.audit_since else { return Ok(AuditLog::NotWanted) };
        let read = read_events(&self.transport, since, AUDIT_PAGES, progress).await?;
        Ok(read.map_or(AuditLog::NotGiven, |log| AuditLog::Read(Box::new(log))))
    }

    /// Groups whose name fits in no address (o008): found from the people's side, where there are not too many of them.
    async fn find_members_by_account(
        &self,
        mut groups: GroupsReading,
        findings: &Findings,
        people: &People,
        notes: &mut Vec<String>,
    ) -> Result<GroupsReading, SiteError> {
        notes.append(&mut groups.notes);
        let missing: BTreeMap<String, usize> = groups
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.members.is_none())
            .map(|(position, group)| (fold(&group.name), position))
            .collect();
        if missing.is_empty() {
            return Ok(groups);
        }
        let why = if may_look_up_groups_by_query(&findings.version) {
            "this version does not answer for it"
        } else {
            "its name fits in no address"
        };
        if people.len() > PEOPLE_ASKED_ONE_BY_ONE {
            for position in missing.values() {
                notes.push(format!(
                    "the group \"{}\" was left out: {why}, and {} accounts are too many to be asked one by one. Rename it without slash or backslash",
                    plain(&groups.groups[*position].name),
                    people.len()
                ));
            }
            groups.groups.retain(|group| group.members.is_some());
            return Ok(groups);
        }
        let asked: Vec<_> = (0_u32..)
            .zip(people.records())
            .map(|(index, record)| async move {
                groups_of(&self.transport, record.key.as_str()).await.map(|names| (index, names))
            })
            .collect();
        let mut asked = futures::stream::iter(asked).buffer_unordered(self.transport.concurrency() * 2);
        while let Some(answer) = asked.next().await {
            let Some((index, names)) = optional(answer)? else { continue };
            for position in names.iter().filter_map(|name| missing.get(&fold(name))) {
                groups.groups[*position].members.get_or_insert_default().push(index);
            }
        }
        drop(asked);
        for group in &mut groups.groups {
            if !fits_in_a_path(&group.name) && missing.contains_key(&fold(&group.name)) {
                group.members.get_or_insert_default();
                notes.push(format!(
                    "the members of the group \"{}\" were found account by account, because {why}; people who are in it only through another group may be among them",
                    plain(&group.name)
                ));
            }
        }
        Ok(groups)
    }
}

struct Everybody {
    notes: Vec<String>,
    page_size: u64,
}
