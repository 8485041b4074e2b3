//! From what was read to an observation: sources of evidence, seats, nesting, and in words what is not known. Pure.

use super::audit::{AuditLog, AuditReading};
use super::contributions::Contributions;
use super::dates::Moment;
use super::groups::{GroupReading, GroupsReading};
use super::observe::ActiveReading;
use super::order::put_in_order;
use super::people::People;
use super::probe::Findings;
use super::rights::{PermissionList, fold};
use jiff::Timestamp;
use rollcall_model::{
    Absence, EvidenceKind, EvidencePoint, EvidenceSource, GroupIndex, GroupRecord, Observation, Reach,
    SiteId, SourceIndex, Status, plain,
};
use rollcall_site::SiteSettings;
use std::collections::{HashMap, HashSet};

/// Counts may differ by this share of the larger, and by [`SMALL_DIFFERENCE`], before a list is doubted.
const TOLERATED_SHARE: u64 = 20;
const SMALL_DIFFERENCE: u64 = 5;

/// Everything that was read.
pub(super) struct Parts<'a> {
    pub(super) site: SiteId,
    pub(super) started_at: Timestamp,
    pub(super) finished_at: Timestamp,
    pub(super) findings: Findings,
    pub(super) people: People,
    pub(super) active: Option<ActiveReading>,
    pub(super) groups: GroupsReading,
    pub(super) audit: AuditLog,
    pub(super) contributions: Option<Contributions>,
    pub(super) is_reindexing: bool,
    pub(super) settings: &'a SiteSettings,
    pub(super) notes: Vec<String>,
}

pub(super) fn assemble(parts: Parts<'_>) -> Observation {
    let Parts { findings, mut people, mut notes, settings, .. } = parts;
    let mut sources = Vec::new();
    let read_at = parts.finished_at;
    note_people(&people, &mut notes);
    let used = findings.profile.seats.used;
    let has_active = parts.active.is_some();
    if let Some(active) = parts.active {
        let doubt = doubt(&active, used, parts.is_reindexing);
        take_seats(&mut people, &active, used.is_some() && doubt.is_none(), &mut notes);
        take_logins(&mut people, &active, doubt, settings, read_at, &mut sources, &mut notes);
    }
    match parts.audit {
        AuditLog::Read(audit) => take_audit(&mut people, *audit, read_at, &mut sources, &mut notes),
        AuditLog::NotGiven => {
            notes.push("the audit log was not given to this account; it is no evidence".to_owned());
        }
        AuditLog::NotWanted => {}
    }
    if let Some(found) = parts.contributions {
        take_contributions(&mut people, found, read_at, &mut sources, &mut notes);
    }
    let groups = group_records(parts.groups, &findings, settings, &mut notes);
    if !has_active {
        derive_seats(&mut people, &groups, &findings, used, &mut notes);
    }
    let mut observation = Observation {
        site: parts.site,
        directories: findings.profile.directories.clone(),
        profile: findings.profile,
        started_at: parts.started_at,
        finished_at: parts.finished_at,
        groups,
        accounts: people.into_records(),
        sources,
        notes,
    };
    put_in_order(&mut observation);
    observation
}

fn note_people(people: &People, notes: &mut Vec<String>) {
    if people.deleted > 0 {
        notes.push(format!(
            "{} entries are deleted accounts, known by their key alone; they were left out",
            people.deleted
        ));
    }
    if let Some(word) = &people.strange_status {
        notes.push(format!(
            "the site uses the status word \"{}\", which is not known; the status of those accounts is unknown",
            plain(&word.chars().take(40).collect::<String>())
        ));
    }
    if !people.has_status && people.len() > 0 {
        notes.push(
            "the site does not tell the status of accounts; those on the list of active people count as enabled, of the others it is unknown"
                .to_owned(),
        );
    }
    let mut names = HashSet::new();
    let twice = people.records().iter().filter(|p| !names.insert(fold(&p.username))).count();
    if twice > 0 {
        notes.push(format!(
            "{twice} accounts have the name of another one; a change by name reaches the one that takes effect"
        ));
    }
}

/// Why the list of active people must not be trusted now, if so (§4.1, §11: it comes from the search index).
fn doubt(active: &ActiveReading, used: Option<u64>, is_reindexing: bool) -> Option<String> {
    if is_reindexing {
        return Some(
            "the search index, from which the list of active people comes, is being rebuilt".to_owned(),
        );
    }
    if active.doubles > 0 {
        return Some(format!(
            "the list of active people names {} of them twice: its index is stale",
            active.doubles
        ));
    }
    let (listed, used) = (active.list.entries.len() as u64, used?);
    let tolerated = (listed.max(used) / TOLERATED_SHARE).max(SMALL_DIFFERENCE);
    (listed.abs_diff(used) > tolerated).then(|| {
        format!("the list of active people names {listed}, but the licence counts {used}: its index is stale")
    })
}

fn take_seats(people: &mut People, active: &ActiveReading, is_complete: bool, notes: &mut Vec<String>) {
    if is_complete {
        people.records_mut().for_each(|record| record.seat = Some(false));
    } else {
        notes.push(
            "whether people who are not on the list of active people cost a seat is not known: the list could not be checked against the licence"
                .to_owned(),
        );
    }
    for entry in &active.list.entries {
        people.record(entry.person).seat = Some(true);
    }
}

fn add_source(sources: &mut Vec<EvidenceSource>, source: EvidenceSource) -> SourceIndex {
    sources.push(source);
    (sources.len() - 1) as SourceIndex
}

fn take_logins(
    people: &mut People,
    active: &ActiveReading,
    doubt: Option<String>,
    settings: &SiteSettings,
    read_at: Timestamp,
    sources: &mut Vec<EvidenceSource>,
    notes: &mut Vec<String>,
) {
    if !active.list.serves_logins {
        notes.push(
            "the list of active people came without last logins; it is no evidence of activity".to_owned(),
        );
        return;
    }
    if let Some(doubt) = &doubt {
        notes.push(doubt.clone());
    }
    let absence = if settings.records_every_login { Absence::Never } else { Absence::Unknown };
    let source = add_source(
        sources,
        EvidenceSource {
            name: "list-active".to_owned(),
            kind: EvidenceKind::Login,
            reach: Reach::Newest,
            absence,
            read_at,
            doubt,
        },
    );
    let mut unreadable = 0;
    for entry in &active.list.entries {
        let at = match &entry.last_login {
            Some(Moment::At(at)) => Some(*at),
            Some(Moment::Nothing) | None => None,
            // Neither activity nor its absence: the source does not cover them.
            Some(Moment::Unreadable) => {
                unreadable += 1;
                continue;
            }
        };
        people.record(entry.person).evidence.push(EvidencePoint { source, at });
    }
    if unreadable > 0 {
        notes.push(format!(
            "the last login of {unreadable} accounts is in a form that cannot be read; it is unknown"
        ));
    }
}

fn take_audit(
    people: &mut People,
    audit: AuditReading,
    read_at: Timestamp,
    sources: &mut Vec<EvidenceSource>,
    notes: &mut Vec<String>,
) {
    if let Some(reason) = &audit.cut_short {
        notes.push(format!("the audit log was not read as far back as wanted: {reason}"));
    }
    let mut take = |people: &mut People, name: &str, kind, points: HashMap<String, Timestamp>| {
        if points.is_empty() {
            return;
        }
        let source = add_source(
            sources,
            EvidenceSource {
                name: name.to_owned(),
                kind,
                reach: Reach::AtLeast,
                absence: Absence::Unknown,
                read_at,
                doubt: None,
            },
        );
        for (key, at) in points {
            if let Some(index) = people.find(&key) {
                people.record(index).evidence.push(EvidencePoint { source, at: Some(at) });
            }
        }
    };
    take(people, "audit-events", EvidenceKind::Use, audit.uses);
    take(people, "audit-logins", EvidenceKind::Login, audit.logins);
    for (key, at) in audit.created {
        if let Some(index) = people.find(&key) {
            people.record(index).created = Some(at);
        }
    }
    for (key, at) in audit.reactivated {
        if let Some(index) = people.find(&key) {
            people.record(index).reactivated = Some(at);
        }
    }
}

fn take_contributions(
    people: &mut People,
    found: Contributions,
    read_at: Timestamp,
    sources: &mut Vec<EvidenceSource>,
    notes: &mut Vec<String>,
) {
    if found.refused > 0 {
        notes.push(format!("the search for contributions refused {} accounts", found.refused));
    }
    if found.found.is_empty() {
        return;
    }
    let source = add_source(
        sources,
        EvidenceSource {
            name: "cql".to_owned(),
            kind: EvidenceKind::Contribution,
            reach: Reach::AtLeast,
            absence: Absence::Unknown,
            read_at,
            doubt: None,
        },
    );
    for (index, at) in found.found {
        people.record(index).evidence.push(EvidencePoint { source, at });
    }
}

fn group_records(
    reading: GroupsReading,
    findings: &Findings,
    settings: &SiteSettings,
    notes: &mut Vec<String>,
) -> Vec<GroupRecord> {
    let at: HashMap<String, GroupIndex> =
        reading.groups.iter().zip(0..).map(|(group, index)| (fold(&group.name), index)).collect();
    note_nesting(&reading.groups, &at, notes);
    let named = |groups: &[rollcall_model::GroupName]| -> Option<HashSet<String>> {
        (!groups.is_empty()).then(|| groups.iter().map(|group| fold(group.as_str())).collect())
    };
    let (seat_groups, admin_groups) = if let PermissionList::Read(permissions) = &findings.permissions {
        (
            Some(permissions.use_groups.iter().cloned().collect()),
            Some(permissions.admin_groups.iter().cloned().collect()),
        )
    } else {
        notes.push(
            "the site does not list its global permissions to this account; which groups give a seat and which administer is taken from the site's settings"
                .to_owned(),
        );
        (named(&settings.licence_groups), named(&settings.admin_groups))
    };
    let gives =
        |groups: &Option<HashSet<String>>, name: &str| groups.as_ref().map(|g| g.contains(&fold(name)));
    reading
        .groups
        .into_iter()
        .map(|group| GroupRecord {
            gives_seat: gives(&seat_groups, &group.name),
            gives_admin: gives(&admin_groups, &group.name),
            children: group.children.iter().filter_map(|child| at.get(&fold(child)).copied()).collect(),
            members: group.members.unwrap_or_default(),
            name: group.name.into(),
        })
        .collect()
}

/// Whether the site's member lists hold indirect members too is UNVERIFIED (§7.5). They are taken as direct: effective membership is right
/// either way, and a removal that has no effect is seen when it is read back. Where it looks as if they were resolved, that is said.
fn note_nesting(groups: &[GroupReading], at: &HashMap<String, GroupIndex>, notes: &mut Vec<String>) {
    let members =
        |group: &GroupReading| -> HashSet<u32> { group.members.iter().flatten().copied().collect() };
    let (mut pairs, mut resolved, mut example) = (0, 0, None);
    for parent in groups.iter().filter(|group| !group.children.is_empty()) {
        let listed = members(parent);
        for child in parent.children.iter().filter_map(|name| at.get(&fold(name))) {
            let child = &groups[*child as usize];
            let inside = members(child);
            if inside.is_empty() {
                continue;
            }
            pairs += 1;
            if inside.is_subset(&listed) {
                resolved += 1;
                example.get_or_insert((parent.name.clone(), child.name.clone()));
            }
        }
    }
    if pairs > 0
        && pairs == resolved
        && let Some((parent, child)) = example
    {
        notes.push(format!(
            "each group lists all members of the groups inside it (\"{}\" those of \"{}\"): the site seems to resolve nesting itself. They count as direct members; removing somebody who is in only through a group inside has no effect, and is reported so",
            plain(&parent),
            plain(&child)
        ));
    }
}

/// Where the site does not list who costs a seat: the enabled members of a group that gives one.
fn derive_seats(
    people: &mut People,
    groups: &[GroupRecord],
    findings: &Findings,
    used: Option<u64>,
    notes: &mut Vec<String>,
) {
    if groups.iter().any(|group| group.gives_seat.is_none()) {
        notes.push("who costs a seat is not known: name the groups that give one in `licence-groups` of the site's settings".to_owned());
        return;
    }
    let mut holders: HashSet<u32> = HashSet::new();
    let mut reached: HashSet<GroupIndex> = HashSet::new();
    let mut waiting: Vec<GroupIndex> = (0..)
        .zip(groups)
        .filter(|(_, group)| group.gives_seat == Some(true))
        .map(|(index, _)| index)
        .collect();
    while let Some(index) = waiting.pop() {
        if reached.insert(index) {
            holders.extend(&groups[index as usize].members);
            waiting.extend(&groups[index as usize].children);
        }
    }
    let mut counted = 0;
    for (index, record) in (0_u32..).zip(people.records_mut()) {
        let by_grant = matches!(&findings.permissions, PermissionList::Read(permissions)
            if permissions.gives_seat_to(record.key.as_str(), &record.username));
        record.seat = match record.status {
            Some(Status::Disabled) => Some(false),
            Some(Status::Enabled) => Some(by_grant || holders.contains(&index)),
            None if !by_grant && !holders.contains(&index) => Some(false),
            None => None,
        };
        counted += u64::from(record.seat == Some(true));
    }
    notes.push(match used {
        Some(used) if used != counted => format!(
            "seats are derived from groups: {counted} enabled members of groups that give one, while the licence counts {used}"
        ),
        _ => format!("seats are derived from groups: {counted} enabled members of groups that give one"),
    });
}
