//! Groups, their direct members and the groups inside them (`confluence-data-center.md §4.3`).

use super::capability::may_look_up_groups_by_query;
use super::optional;
use super::paging::{Listing, read_all};
use super::people::People;
use super::wire::{Group, Person};
use crate::transport::{Address, Transport, fits_in_a_path};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use rollcall_model::{AccountIndex, Version, plain};
use rollcall_site::SiteError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A group as it was read.
pub(super) struct GroupReading {
    pub(super) name: String,
    /// `None` = its members cannot be asked for by its name.
    pub(super) members: Option<Vec<AccountIndex>>,
    pub(super) children: Vec<String>,
}

/// All groups as they were read.
#[derive(Default)]
pub(super) struct GroupsReading {
    pub(super) groups: Vec<GroupReading>,
    pub(super) notes: Vec<String>,
}

/// How one group is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Path,
    Query,
}

/// A part of a group's address: `member`, `groupmember`.
fn part_of(group: &str, part: &str, way: Way) -> Address {
    match way {
        Way::Path => Address::of("/rest/api/group").name(group).then("/").then(part),
        Way::Query => Address::of("/rest/api/group/").then(part).query("groupName", group),
    }
}

/// The members of a group, with their status.
pub(super) fn member_listing(group: &str, version: Option<&Version>) -> Option<Listing> {
    let way = if fits_in_a_path(group) {
        Way::Path
    } else if version.is_some_and(may_look_up_groups_by_query) {
        Way::Query
    } else {
        return None;
    };
    Some(Listing { what: "members", address: part_of(group, "member", way).query("expand", "status") })
}

/// Everything that reading groups needs at once.
pub(super) struct GroupReader<'a> {
    pub(super) transport: &'a Arc<Transport>,
    pub(super) version: &'a Version,
    pub(super) people: &'a Mutex<People>,
    /// Told how many groups are there and how many are expected.
    pub(super) progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    has_no_children_call: AtomicBool,
}

impl<'a> GroupReader<'a> {
    pub(super) fn new(
        transport: &'a Arc<Transport>,
        version: &'a Version,
        people: &'a Mutex<People>,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Self {
        Self { transport, version, people, progress, has_no_children_call: AtomicBool::new(false) }
    }

    /// Reads all groups, many at once, so that the connection is never idle.
    pub(super) async fn read(&self) -> Result<GroupsReading, SiteError> {
        let listing = Listing { what: "groups", address: Address::of("/rest/api/group") };
        let listed = read_all::<Group>(self.transport, &listing, &|_, _| {}).await?;
        let mut reading = GroupsReading::default();
        if listed.doubles > 0 {
            reading.notes.push(format!(
                "{} groups were listed more than once, as groups of one name in several directories are; each counts once",
                listed.doubles
            ));
        }
        let names: Vec<String> = one_for_each_name(listed.entries);
        let (expected, done) = (names.len() as u64, AtomicU64::new(0));
        let mut waiting = names.into_iter();
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < self.transport.concurrency() * 2
                && let Some(name) = waiting.next()
            {
                under_way.push(self.read_one(name));
            }
            let Some(outcome) = under_way.next().await else { break };
            match outcome? {
                Ok(group) => reading.groups.push(group),
                Err(vanished) => reading.notes.push(vanished),
            }
            (self.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, Some(expected));
        }
        drop(under_way);
        if self.has_no_children_call.load(Ordering::Relaxed) {
            reading.notes.push(
                "this version does not tell which groups are inside others; nested membership is not known"
                    .to_owned(),
            );
        }
        // The order of answers is chance; the order of names is not.
        reading.groups.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(reading)
    }

    /// One group, or the note that it vanished while the site was read.
    async fn read_one(&self, name: String) -> Result<Result<GroupReading, String>, SiteError> {
        let way = if fits_in_a_path(&name) { Way::Path } else { Way::Query };
        if way == Way::Query && !may_look_up_groups_by_query(self.version) {
            return Ok(Ok(GroupReading { name, members: None, children: Vec::new() }));
        }
        let (members, children) = tokio::join!(self.read_members(&name, way), self.read_children(&name, way));
        let members = match members {
            Err(SiteError::NotFound { .. }) if way == Way::Path => {
                if self.is_gone(&name).await? {
                    return Ok(Err(format!(
                        "the group \"{}\" vanished while the site was read",
                        plain(&name)
                    )));
                }
                return Err(SiteError::Incomplete {
                    reason: format!(
                        "the site lists the group \"{}\" but does not know its members",
                        plain(&name)
                    ),
                });
            }
            // Without the query form, `member` is taken for a group's name.
            result if way == Way::Query => optional(result)?,
            result => Some(result?),
        };
        Ok(Ok(GroupReading { name, members, children: children? }))
    }

    async fn read_members(&self, group: &str, way: Way) -> Result<Vec<AccountIndex>, SiteError> {
        let address = part_of(group, "member", way).query("expand", "status");
        let listing = Listing { what: "members", address };
        let reading = read_all::<Person>(self.transport, &listing, &|_, _| {}).await.map_err(|error| match error {
            SiteError::Forbidden { reason } => SiteError::Forbidden {
                reason: format!(
                    "members of the group \"{}\" are not listed to this account ({reason}); from 10.0 on that needs the global permission \"Confluence administrator\"",
                    plain(group)
                ),
            },
            SiteError::Incomplete { reason } => SiteError::Incomplete {
                reason: format!("group \"{}\": {reason}", plain(group)),
            },
            other => other,
        })?;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(reading.entries.iter().filter_map(|person| people.add(person)).collect())
    }

    async fn read_children(&self, group: &str, way: Way) -> Result<Vec<String>, SiteError> {
        if self.has_no_children_call.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        let listing = Listing { what: "nested groups", address: part_of(group, "groupmember", way) };
        match read_all::<Group>(self.transport, &listing, &|_, _| {}).await {
            Ok(reading) => Ok(reading.entries.into_iter().map(|group| group.name).collect()),
            Err(SiteError::NotFound { .. } | SiteError::Rejected { .. }) if way == Way::Path => {
                // From 9.3 on the call is documented: there it is the group that is gone.
                if !self.version.reaches(9, 3) {
                    self.has_no_children_call.store(true, Ordering::Relaxed);
                }
                Ok(Vec::new())
            }
            Err(error) if way == Way::Query => optional(Err(error)).map(Option::unwrap_or_default),
            Err(error) => Err(error),
        }
    }

    async fn is_gone(&self, group: &str) -> Result<bool, SiteError> {
        let answer = self.transport.get(&Address::of("/rest/api/group").name(group)).await?;
        Ok(answer.status() == 404)
    }
}

/// Each name once, without regard to case, in the spelling that came first.
fn one_for_each_name(groups: Vec<Group>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    groups.into_iter().map(|g| g.name).filter(|name| seen.insert(super::rights::fold(name))).collect()
}

/// The names of an account's groups. Whether groups of groups are among them is UNVERIFIED (§7.5).
pub(super) async fn groups_of(transport: &Arc<Transport>, key: &str) -> Result<Vec<String>, SiteError> {
    let listing = Listing {
        what: "groups of an account",
        address: Address::of("/rest/api/user/memberof").query("key", key),
    };
    let reading = read_all::<Group>(transport, &listing, &|_, _| {}).await?;
    Ok(reading.entries.into_iter().map(|group| group.name).collect())
}
