//! A report as tables: what CSV and workbook hold.

use crate::headline::{Tally, headline, label, notice};
use crate::table::{Cell, Column, ColumnKind, Table};
use crate::words::{age, counted, instant, number, outcome, span};
use crate::{Basis, ItemRow, Mode, Origin, Report, Seats};
use jiff::Timestamp;
use rollcall_model::{AccountRef, ItemState};

/// The columns of the one flat table: changes, then what was refused, then who was protected.
pub(crate) fn columns() -> Vec<Column> {
    use ColumnKind::{Bool, Code, Instant, Number, Text};
    [
        ("list", Text),
        ("seq", Number),
        ("username", Text),
        ("name", Text),
        ("email", Text),
        ("action", Text),
        ("before", Text),
        ("after", Text),
        ("outcome", Text),
        ("reason", Text),
        ("lastActive", Instant),
        ("daysAgo", Number),
        ("evidenceSource", Text),
        ("evidenceKind", Text),
        ("why", Text),
        ("undo", Bool),
        ("attempts", Number),
        ("finishedAt", Instant),
        ("key", Code),
        ("site", Text),
        ("mode", Text),
    ]
    .into_iter()
    .map(|(key, kind)| Column::new(key, kind))
    .collect()
}

/// Which of the lists a row of the flat table is from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Changes,
    Refused,
    Protected,
}

impl List {
    pub(crate) const ALL: [Self; 3] = [Self::Changes, Self::Refused, Self::Protected];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Refused => "refused",
            Self::Protected => "protected",
        }
    }
}

/// The rows of one list, one after the other, nothing kept.
pub(crate) fn rows<'a>(report: Report<'a>, list: List) -> Box<dyn Iterator<Item = Vec<Cell>> + 'a> {
    let basis = report.basis();
    match list {
        List::Changes => Box::new(report.items().iter().map(move |item| item_row(report, item))),
        List::Refused => Box::new(basis.refused.iter().map(move |row| {
            let who = (&row.account, row.name.as_str(), row.email.as_deref());
            left_alone(basis, "refused", who, row.action.as_str(), ("refused", &row.reason))
        })),
        List::Protected => Box::new(basis.protected.iter().map(move |row| {
            let who = (&row.account, row.name.as_str(), row.email.as_deref());
            let reason = format!("{}: {}", row.rule, row.reason);
            left_alone(basis, "protected", who, "", ("protected", &reason))
        })),
    }
}

fn item_row(report: Report<'_>, item: &ItemRow) -> Vec<Cell> {
    let basis = report.basis();
    let result = item.result.as_ref();
    let evidence = item.evidence.as_ref();
    let last_active = evidence.map(|e| e.at.map_or(Cell::Never, Cell::Instant));
    let days_ago = evidence.and_then(|e| e.at).and_then(|at| days_between(at, basis.reported_at));
    vec![
        "change".into(),
        item.seq.into(),
        item.account.username.as_str().into(),
        item.name.as_str().into(),
        item.email.as_deref().into(),
        item.change.to_string().into(),
        item.before.as_str().into(),
        item.after.as_str().into(),
        outcome(report, item).into(),
        result.and_then(|r| r.reason.as_deref()).into(),
        last_active.unwrap_or(Cell::Unknown),
        days_ago.into(),
        evidence.map(|e| e.source.as_str()).into(),
        evidence.map(|e| e.kind.as_str()).into(),
        item.why.as_str().into(),
        item.can_undo.into(),
        result.map(|r| r.attempts).into(),
        result.and_then(|r| r.finished_at).into(),
        item.account.key.as_str().into(),
        basis.site.name.as_str().into(),
        basis.mode.as_str().into(),
    ]
}

fn left_alone(
    basis: &Basis,
    list: &str,
    (account, name, email): (&AccountRef, &str, Option<&str>),
    action: &str,
    (outcome, reason): (&str, &str),
) -> Vec<Cell> {
    let mut cells = vec![Cell::Empty; 21];
    cells[0] = list.into();
    cells[2] = account.username.as_str().into();
    cells[3] = name.into();
    cells[4] = email.into();
    cells[5] = action.into();
    cells[8] = outcome.into();
    cells[9] = reason.into();
    cells[18] = account.key.as_str().into();
    cells[19] = basis.site.name.as_str().into();
    cells[20] = basis.mode.as_str().into();
    cells
}

fn days_between(at: Timestamp, now: Timestamp) -> Option<u64> {
    u64::try_from(now.duration_since(at).as_hours() / 24).ok()
}

/// The facts of a report, as label and value: first sheet of the workbook, head of the terminal form, foot of the mail.
pub(crate) fn facts(report: Report<'_>) -> Vec<(&'static str, String)> {
    let basis = report.basis();
    let now = basis.reported_at;
    let mut facts = vec![
        (
            "site",
            format!(
                "{}, {} ({}{})",
                basis.site.name,
                basis.site.url,
                basis.site.product,
                basis.site.version.as_ref().map(|v| format!(" {v}")).unwrap_or_default()
            ),
        ),
        ("asked by", asked_by(&basis.origin)),
        (
            "mode",
            match basis.mode {
                Mode::Test => "test: nothing is changed".to_owned(),
                Mode::Live => "live".to_owned(),
            },
        ),
    ];
    if let Some(criterion) = &basis.criterion {
        facts.push(("selected", criterion.words.clone()));
        facts.push(("criterion", criterion.text.clone()));
    }
    if let Some(only) = &basis.only {
        facts.push(("restricted to", only.clone()));
    }
    if let Report::Run(run) = report {
        facts.push(("run", format!("{}, {}", run.run.id, run.run.state.as_str())));
        if let Some(started) = run.run.started_at {
            let took = run.run.finished_at.map(|end| format!(", took {}", span(end.duration_since(started))));
            facts.push(("began", format!("{}{}", instant(started), took.unwrap_or_default())));
        }
        if let Some(by) = &run.run.approved_by {
            facts.push(("approved by", by.clone()));
        }
    }
    facts.push(("plan", basis.plan.id.to_string()));
    facts.push(("fingerprint", basis.plan.fingerprint.clone()));
    let taken = basis.plan.snapshot_taken_at;
    facts.push(("site was read", format!("{}, {}", instant(taken), age(taken, now))));
    if matches!(report, Report::Plan(_)) {
        let expires = basis.plan.expires_at;
        facts.push(("expires", format!("{}, {}", instant(expires), age(expires, now))));
    }
    if let Some(seats) = seats(report) {
        facts.push(("seats", seats));
    }
    for limit in &basis.limits {
        facts.push((
            "limit",
            format!(
                "{}: {} (allowed: {}), {}",
                limit.name,
                limit.found,
                limit.allowed,
                limit.verdict.as_str()
            ),
        ));
    }
    if let Report::Run(run) = report {
        facts.push(("audit head", run.audit_head.clone()));
    }
    facts
}

/// Enough of a version to tell two apart; JSON has all of it.
fn short(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}

fn asked_by(origin: &Origin) -> String {
    match origin {
        Origin::Policy { name, version, description } if description.is_empty() => {
            format!("policy {name}, version {}", short(version))
        }
        Origin::Policy { name, version, description } => {
            format!("policy {name}, version {}: {description}", short(version))
        }
        Origin::Bulk { operator } => format!("{operator}, in bulk"),
        Origin::Undo { run, operator } => format!("{operator}, taking back run {run}"),
    }
}

/// `1,941 of 2,041 in use; 41 would be freed, then 1,900`; `None` where nothing is known.
pub(crate) fn seats(report: Report<'_>) -> Option<String> {
    let Seats { before, freed, after, max, is_unlimited } = report.basis().seats;
    let is_done = matches!(report, Report::Run(_)) && report.basis().mode == Mode::Live;
    let mut parts = Vec::new();
    if let Some(before) = before {
        let bound = match (max, is_unlimited) {
            (_, true) => " (no upper bound)".to_owned(),
            (Some(max), false) => format!(" of {}", number(max)),
            (None, false) => String::new(),
        };
        parts.push(format!("{}{bound} in use{}", number(before), if is_done { " before" } else { "" }));
    }
    if let Some(freed) = freed {
        parts.push(format!("{} {}", number(freed), if is_done { "freed" } else { "would be freed" }));
    }
    if let Some(after) = after {
        parts.push(format!("{} {}", number(after), if is_done { "in use now" } else { "would be in use" }));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `38 done, 2 drifted`; in test mode `41 would be done`.
pub(crate) fn outcomes(report: Report<'_>, tally: &Tally) -> String {
    let mut parts = Vec::new();
    let mut would = 0;
    for (state, n) in &tally.by_state {
        let is_wish = matches!(state, ItemState::Pending | ItemState::Started | ItemState::Done);
        match (report, report.basis().mode) {
            (Report::Plan(_), _) | (Report::Run(_), Mode::Test) if is_wish => would += n,
            _ => parts.push(format!("{} {state}", number(*n))),
        }
    }
    if would > 0 {
        parts.insert(0, format!("{} would be done", number(would)));
    }
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// First sheet of the workbook.
pub(crate) fn summary(report: Report<'_>) -> Table {
    let tally = Tally::of(report);
    let basis = report.basis();
    let mut table = Table::new(
        "summary",
        vec![Column::new("what", ColumnKind::Text), Column::new("value", ColumnKind::Text)],
    );
    let mut say = |what: &str, value: String| table.rows.push(vec![what.into(), value.into()]);
    say("report", format!("{}: {}", basis.site.name, label(report)));
    say("in short", headline(report, &tally));
    if let Some(notice) = notice(report) {
        say("note", notice);
    }
    say("changes", outcomes(report, &tally));
    for (what, value) in facts(report) {
        say(what, value);
    }
    say("refused", counted(basis.refused.len() as u64, "change"));
    say("protected", counted(basis.protected.len() as u64, "account"));
    for warning in &basis.warnings {
        say("warning", warning.clone());
    }
    for step in &basis.next {
        say(
            "next",
            step.command
                .as_ref()
                .map_or_else(|| step.words.clone(), |command| format!("{}: {command}", step.words)),
        );
    }
    say("reported", instant(basis.reported_at));
    say("by", format!("{} {}", basis.installation.name, basis.installation.version));
    table
}
