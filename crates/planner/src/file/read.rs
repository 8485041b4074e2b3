//! From the tree of a file to policies.

use super::CriterionFault;
use super::section::{Entry, Faults, Section, shown};
use super::tree::Value;
use crate::nearest::suggestion;
use crate::policy::{
    Approval, Attachment, Limits, Mode, Percent, Period, Policy, ReportWhen, ReportWish, Schedule,
    contradictions, default_day, default_grace,
};
use email_address::EmailAddress;
use rollcall_model::{Action, ActionKind, DirectoryName, GroupName, MoveMode, SiteName};
use std::collections::{BTreeMap, BTreeSet};

/// The whole file.
pub(super) fn policies(root: &Entry<'_>, faults: &mut Faults) -> Option<Vec<Policy>> {
    if let Value::Map(entries) = &root.node.value
        && !entries.iter().any(|(key, _)| key.text == "policies")
        && entries.iter().any(|(key, _)| key.text == "select" || key.text == "actions")
    {
        root.fault(faults, "this looks like a single policy: put it into a list under `policies:`");
        return None;
    }
    let mut file = Section::open(root, faults)?;
    let list = file.required("policies", "a list of policies", faults);
    file.close(faults);
    let entries = list.as_ref()?.list(faults)?;
    if entries.is_empty() {
        list?.fault(faults, "the list holds no policy");
        return None;
    }
    let mut first_lines = BTreeMap::new();
    for entry in &entries {
        note_name(entry, &mut first_lines, faults);
    }
    let read: Vec<_> = entries.iter().map(|entry| policy(entry, faults)).collect();
    read.into_iter().collect()
}

/// Two policies of one name would be one policy.
fn note_name<'n>(entry: &Entry<'n>, seen: &mut BTreeMap<&'n str, Option<u32>>, faults: &mut Faults) {
    let Value::Map(entries) = &entry.node.value else { return };
    let Some((_, node)) = entries.iter().find(|(key, _)| key.text == "name") else { return };
    let Value::Text(name) = &node.value else { return };
    let line = node.place.map(|(line, _)| line);
    match seen.get(name.as_str()) {
        None => {
            seen.insert(name, line);
        }
        Some(first) => {
            let first = first.map(|line| format!(" (first in line {line})")).unwrap_or_default();
            faults.add(
                format!("{}.name", entry.path),
                node.place,
                format!("another policy of this file is called \"{}\"{first}; names are unique", shown(name)),
            );
        }
    }
}

/// One policy. `None` only together with a fault.
pub(super) fn policy(entry: &Entry<'_>, faults: &mut Faults) -> Option<Policy> {
    let mut section = Section::open(entry, faults)?;
    let name = section.required("name", "a short name, such as reclaim-idle-seats", faults);
    let name = name.and_then(|e| policy_name(&e, faults));
    let description = section.optional("description");
    let description = description.and_then(|e| e.text(faults)).unwrap_or_default().trim().to_owned();
    let sites = section.required("sites", "the sites it works on, such as [wiki]", faults);
    let sites = sites.and_then(|e| site_names(&e, faults));
    let mode = section.optional("mode").and_then(|e| e.choice(&Mode::ALL, faults)).unwrap_or_default();
    let select =
        section.required("select", "the criterion that selects accounts; everybody is written `all`", faults);
    let select = select.and_then(|e| criterion(&e, faults));
    let actions = section.required("actions", "what is to be done, such as [disable]", faults);
    let actions = actions.and_then(|e| read_actions(&e, faults));
    let schedule = section.optional("schedule").and_then(|e| schedule(&e, faults));
    let waiting = super::triggers::read(&mut section, faults);
    let notice = section.optional("notice");
    let notice = notice.and_then(|e| super::notice::read(&e, actions.as_deref(), faults));
    let limits = section.optional("limits").and_then(|e| limits(&e, faults)).unwrap_or_default();
    let approval = section.optional("approval").and_then(|e| approval(&e, faults)).unwrap_or_default();
    let report = section.optional("report").and_then(|e| report(&e, faults)).unwrap_or_default();
    let grace = section.optional("grace").and_then(|e| e.parsed(faults)).unwrap_or(default_grace());
    super::triggers::check_grace(&waiting, grace, faults);
    let protected_groups =
        section.optional("protected-groups").and_then(|e| group_names(&e, faults)).unwrap_or_default();
    let snapshot_max_age =
        section.optional("snapshot-max-age").and_then(|e| positive(&e, faults)).unwrap_or(default_day());
    let plan_expiry =
        section.optional("plan-expiry").and_then(|e| positive(&e, faults)).unwrap_or(default_day());
    section.close(faults);
    Some(Policy {
        name: name?,
        description,
        sites: sites?,
        mode,
        select: select?,
        actions: actions?,
        schedule,
        on: waiting.on,
        poll: waiting.poll,
        notice,
        limits,
        approval,
        report,
        grace,
        protected_groups,
        snapshot_max_age,
        plan_expiry,
    })
}

/// A policy is named like a site: short, safe in a command line and a file name.
fn policy_name(entry: &Entry<'_>, faults: &mut Faults) -> Option<String> {
    let text = entry.text(faults)?;
    if SiteName::try_from(text.to_owned()).is_ok() {
        return Some(text.to_owned());
    }
    entry.fault(
        faults,
        format!(
            "\"{}\" cannot be the name of a policy: letters, digits, '-', '_' and '.', at most 64, a letter or digit first",
            shown(text)
        ),
    );
    None
}

fn site_names(entry: &Entry<'_>, faults: &mut Faults) -> Option<Vec<SiteName>> {
    let names = all(&entry.list(faults)?, |e| e.parsed::<SiteName>(faults))?;
    if names.is_empty() {
        entry.fault(faults, "no site is named; a policy works on at least one");
        return None;
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        entry.fault(faults, format!("the site \"{twice}\" stands twice"));
        return None;
    }
    Some(names)
}

fn criterion(entry: &Entry<'_>, faults: &mut Faults) -> Option<String> {
    let Value::Text(text) = &entry.node.value else {
        entry.text(faults);
        return None;
    };
    let trimmed = text.trim();
    if let Err(mut error) = rollcall_criteria::parse(trimmed) {
        let picture = error.render(trimmed);
        let before = text.len() - text.trim_start().len();
        error.span = error.span.start + before..error.span.end + before;
        let fault = CriterionFault { text: text.clone(), error };
        faults.add_criterion(&*entry.path, entry.node.place, picture, fault);
        return None;
    }
    Some(trimmed.to_owned())
}

fn read_actions(entry: &Entry<'_>, faults: &mut Faults) -> Option<Vec<Action>> {
    let entries = entry.list(faults)?;
    if entries.is_empty() {
        entry.fault(faults, "no action is named; a policy does at least one thing");
        return None;
    }
    let places: Vec<_> = entries.iter().map(|e| (e.path.clone(), e.node.place)).collect();
    let actions = all(&entries, |e| action(e, faults))?;
    let wrong = contradictions(&actions);
    for (position, message) in &wrong {
        let (path, place) = &places[*position];
        faults.add(path.clone(), *place, message.clone());
    }
    wrong.is_empty().then_some(actions)
}

fn action(entry: &Entry<'_>, faults: &mut Faults) -> Option<Action> {
    let (word, argument) = match &entry.node.value {
        Value::Text(word) => (word.as_str(), None),
        Value::Map(entries) if entries.len() == 1 => {
            let (key, node) = &entries[0];
            (key.text.as_str(), Some(Entry { path: format!("{}.{}", entry.path, shown(&key.text)), node }))
        }
        Value::Map(_) => {
            entry.fault(faults, "one action has one name; begin each action with a dash of its own");
            return None;
        }
        other => {
            entry.fault(faults, format!("here an action is expected, not {}", other.kind()));
            return None;
        }
    };
    let Some(kind) = ActionKind::ALL.into_iter().find(|kind| kind.as_str() == word) else {
        let near = suggestion(word, ActionKind::ALL.map(ActionKind::as_str));
        let known = ActionKind::ALL.map(ActionKind::as_str).join(", ");
        entry.fault(faults, format!("\"{}\" is not an action{near} (known: {known})", shown(word)));
        return None;
    };
    let plain = match kind {
        ActionKind::AddGroups => {
            return Some(Action::AddGroups(action_groups(kind, entry, argument, faults)?));
        }
        ActionKind::RemoveGroups => {
            return Some(Action::RemoveGroups(action_groups(kind, entry, argument, faults)?));
        }
        ActionKind::ChangeDirectory => return change_directory(entry, argument, faults),
        ActionKind::Disable => Action::Disable,
        ActionKind::Enable => Action::Enable,
        ActionKind::Delete => Action::Delete,
        ActionKind::RemoveLicenceGroups => Action::RemoveLicenceGroups,
        ActionKind::ResetPassword => Action::ResetPassword,
        ActionKind::Notify => Action::Notify,
        ActionKind::Suspend => Action::Suspend,
        ActionKind::Restore => Action::Restore,
        ActionKind::RemoveFromDirectory => Action::RemoveFromDirectory,
    };
    if let Some(argument) = argument.filter(|a| !matches!(a.node.value, Value::Null)) {
        argument.fault(faults, format!("`{kind}` takes no argument; write it alone: - {kind}"));
        return None;
    }
    Some(plain)
}

fn action_groups(
    kind: ActionKind,
    entry: &Entry<'_>,
    argument: Option<Entry<'_>>,
    faults: &mut Faults,
) -> Option<Vec<GroupName>> {
    let Some(argument) = argument.filter(|a| !matches!(a.node.value, Value::Null)) else {
        entry.fault(faults, format!("`{kind}` needs the names of groups, as in {kind}: [a, b]"));
        return None;
    };
    let names = group_names(&argument, faults)?;
    if names.is_empty() {
        argument.fault(faults, format!("`{kind}` needs at least one group"));
        return None;
    }
    Some(names)
}

fn group_names(entry: &Entry<'_>, faults: &mut Faults) -> Option<Vec<GroupName>> {
    all(&entry.list(faults)?, |e| e.text(faults).map(|name| GroupName::from(name.trim())))
}

fn change_directory(entry: &Entry<'_>, argument: Option<Entry<'_>>, faults: &mut Faults) -> Option<Action> {
    let Some(argument) = argument.filter(|a| !matches!(a.node.value, Value::Null)) else {
        entry.fault(
            faults,
            "`change-directory` needs the directory to go to, as in change-directory: {to: NAME, mode: move}",
        );
        return None;
    };
    let mut section = Section::open(&argument, faults)?;
    let to = section.required("to", "the directory to go to", faults);
    let to = to.and_then(|e| e.text(faults).map(|name| DirectoryName::from(name.trim())));
    let mode = section.optional("mode");
    let mode = mode.map(|e| e.choice(&[("move", MoveMode::Move), ("copy", MoveMode::Copy)], faults));
    section.close(faults);
    Some(Action::ChangeDirectory { to: to?, mode: mode.unwrap_or(Some(MoveMode::default()))? })
}

fn schedule(entry: &Entry<'_>, faults: &mut Faults) -> Option<Schedule> {
    let mut section = Section::open(entry, faults)?;
    let cron = section.required("cron", "when it runs, such as \"0 6 * * SAT\"", faults);
    let zone = section.optional("timezone");
    section.close(faults);
    let cron = cron?;
    let text = cron.text(faults)?;
    let zone_name = match &zone {
        Some(zone) => zone.text(faults)?,
        None => Schedule::DEFAULT_TIMEZONE,
    };
    match Schedule::new(text, zone_name) {
        Ok(schedule) => Some(schedule),
        Err(error @ crate::ScheduleError::TimeZone { .. }) => {
            zone.as_ref().unwrap_or(&cron).fault(faults, error.to_string());
            None
        }
        Err(error) => {
            cron.fault(faults, error.to_string());
            None
        }
    }
}

fn limits(entry: &Entry<'_>, faults: &mut Faults) -> Option<Limits> {
    let mut section = Section::open(entry, faults)?;
    let default = Limits::default();
    let limits = Limits {
        accounts: section.optional("accounts").and_then(|e| e.count(1, faults)),
        percent: section.optional("percent").and_then(|e| percent(&e, faults)).unwrap_or(default.percent),
        growth: section.optional("growth").and_then(|e| e.parsed(faults)).unwrap_or(default.growth),
        canary: section.optional("canary").and_then(|e| e.count(1, faults)),
        failures: section.optional("failures").and_then(|e| e.count(1, faults)).unwrap_or(default.failures),
        minimum_idle: section
            .optional("minimum-idle")
            .and_then(|e| e.parsed(faults))
            .unwrap_or(default.minimum_idle),
    };
    section.close(faults);
    Some(limits)
}

fn percent(entry: &Entry<'_>, faults: &mut Faults) -> Option<Percent> {
    if let Value::Text(text) = &entry.node.value
        && let Some(number) = text.trim().strip_suffix('%')
        && number.trim().parse::<f64>().is_ok()
    {
        entry.fault(faults, format!("write the number alone: percent: {}", number.trim()));
        return None;
    }
    match Percent::new(entry.number(faults)?) {
        Ok(percent) => Some(percent),
        Err(error) => {
            entry.fault(faults, error.to_string());
            None
        }
    }
}

fn approval(entry: &Entry<'_>, faults: &mut Faults) -> Option<Approval> {
    let mut section = Section::open(entry, faults)?;
    let above = section.optional("above").map_or(Some(0), |e| e.count(0, faults));
    let second_person = section.optional("second-person").map_or(Some(false), |e| e.bool(faults));
    section.close(faults);
    Some(Approval { above: Some(above?), second_person: second_person? })
}

fn report(entry: &Entry<'_>, faults: &mut Faults) -> Option<ReportWish> {
    let mut section = Section::open(entry, faults)?;
    let to = section.optional("to").and_then(|e| addresses(&e, faults)).unwrap_or_default();
    let when = section.optional("when").and_then(|e| e.choice(&ReportWhen::ALL, faults)).unwrap_or_default();
    let attach =
        section.optional("attach").and_then(|e| e.choice(&Attachment::ALL, faults)).unwrap_or_default();
    section.close(faults);
    Some(ReportWish { to, when, attach })
}

fn addresses(entry: &Entry<'_>, faults: &mut Faults) -> Option<Vec<String>> {
    all(&entry.list(faults)?, |e| {
        let text = e.text(faults)?.trim();
        if EmailAddress::is_valid(text) && !text.contains(['<', '>']) {
            return Some(text.to_owned());
        }
        e.fault(
            faults,
            format!("\"{}\" is not a mail address: write it bare, such as it-ops@example.org", shown(text)),
        );
        None
    })
}

pub(super) fn positive(entry: &Entry<'_>, faults: &mut Faults) -> Option<Period> {
    let period: Period = entry.parsed(faults)?;
    if period.is_zero() {
        entry.fault(faults, "no time at all is not possible here; write 1h or more");
        return None;
    }
    Some(period)
}

/// Reads every member, so that every fault is found; `None` if one had a fault.
pub(super) fn all<'n, T>(
    entries: &[Entry<'n>],
    mut read: impl FnMut(&Entry<'n>) -> Option<T>,
) -> Option<Vec<T>> {
    let read: Vec<_> = entries.iter().map(&mut read).collect();
    read.into_iter().collect()
}
