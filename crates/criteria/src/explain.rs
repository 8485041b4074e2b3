//! Why one account is or is not selected: clause by clause, with value, evidence and verdict.

use crate::evaluate::{Scene, evidence_kind};
use crate::field::Field;
use crate::tree::{Clause, Criterion, Expr};
use crate::value::{Value, value};
use crate::{CriterionError, check};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::{Absence, AccountIndex, AccountRef, EvidenceKind, GroupIndex, Reach, plain};
use rollcall_snapshot::{Activity, ExemptSubject, Facts, Point, Snapshot};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// What comes out for one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is so: only this selects.
    True,
    /// It is not so.
    False,
    /// It cannot be told.
    Unknown,
}

/// Why an account is or is not selected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The account.
    pub account: AccountRef,
    /// The instant that "ago" is reckoned from.
    pub at: Timestamp,
    /// When the site was read.
    pub snapshot_taken_at: Timestamp,
    /// What comes out; the account is selected if this is true.
    pub verdict: Verdict,
    /// How it comes out.
    pub step: Step,
}

/// One expression of the criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The clause as written; `AND`, `OR`, `NOT` or `all`.
    pub text: String,
    /// What comes out.
    pub verdict: Verdict,
    /// The value of the field of a clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What the sources of evidence say, where the clause is about activity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Proof>,
    /// What else there is to know: through which group, why it is not known, which exemption.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The expressions inside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// What one source of evidence says of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// The source.
    pub source: String,
    /// What it observes.
    pub kind: EvidenceKind,
    /// When, if it saw anything.
    pub at: Option<Timestamp>,
    /// How long ago, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<String>,
    /// What that means, in words.
    pub says: String,
}

/// Explains the criterion for one account. Errors as [`check`].
pub fn explain(
    snapshot: &Snapshot,
    facts: &Facts,
    criterion: &Criterion,
    account: AccountIndex,
    now: Timestamp,
) -> Result<Explanation, CriterionError> {
    check(criterion, snapshot, facts)?;
    let scene = Scene::new(snapshot, facts, now);
    let step = step(&scene, criterion.root(), account);
    Ok(Explanation {
        account: snapshot.account(account).reference(),
        at: now,
        snapshot_taken_at: snapshot.taken_at(),
        verdict: step.verdict,
        step,
    })
}

/// Every verdict but those of AND, OR and NOT comes from the evaluator that selects.
fn step(scene: &Scene<'_>, expr: &Expr, account: AccountIndex) -> Step {
    let steps: Vec<Step> = expr.children().iter().map(|child| step(scene, child, account)).collect();
    let has = |verdict| steps.iter().any(|step| step.verdict == verdict);
    let (text, verdict) = match expr {
        Expr::Clause(clause) => return clause_step(scene, clause, account),
        Expr::All => ("all", Verdict::True),
        Expr::And(_) if has(Verdict::False) => ("AND", Verdict::False),
        Expr::And(_) if has(Verdict::Unknown) => ("AND", Verdict::Unknown),
        Expr::And(_) => ("AND", Verdict::True),
        Expr::Or(_) if has(Verdict::True) => ("OR", Verdict::True),
        Expr::Or(_) if has(Verdict::Unknown) => ("OR", Verdict::Unknown),
        Expr::Or(_) => ("OR", Verdict::False),
        Expr::Not(_) if has(Verdict::Unknown) => ("NOT", Verdict::Unknown),
        Expr::Not(_) if has(Verdict::True) => ("NOT", Verdict::False),
        Expr::Not(_) => ("NOT", Verdict::True),
    };
    Step { text: text.to_owned(), verdict, value: None, evidence: Vec::new(), notes: Vec::new(), steps }
}

fn clause_step(scene: &Scene<'_>, clause: &Clause, account: AccountIndex) -> Step {
    let field = clause.field;
    Step {
        text: clause.to_string(),
        verdict: scene.clause(clause).verdict(account),
        value: Some(value(scene.snapshot, scene.facts, account, field, scene.now)),
        evidence: if field.is_about_activity() { proofs(scene, field, account) } else { Vec::new() },
        notes: notes(scene, clause, account),
        steps: Vec::new(),
    }
}

/// What each source of the kind says, also those that say nothing.
fn proofs(scene: &Scene<'_>, field: Field, account: AccountIndex) -> Vec<Proof> {
    let wanted = evidence_kind(field);
    let columns = &scene.snapshot.columns().evidence;
    let sources = scene.snapshot.sources().iter().zip(columns);
    let of_kind = sources.filter(|(source, _)| wanted.is_none_or(|kind| source.kind == kind));
    of_kind
        .map(|(source, column)| {
            let point = column.point(account);
            let says = match (point, source.absence, source.reach) {
                (Point::At(_), _, Reach::Newest) => "the newest of its kind",
                (Point::At(_), _, Reach::AtLeast) => {
                    "at least then; it does not show that there was nothing since"
                }
                (Point::Silent, Absence::Never, Reach::Newest) => "nothing, and it would know",
                (Point::Silent, ..) => "nothing, which does not mean never",
                (Point::Unknown, ..) => "does not cover this account",
            };
            let doubt = source.doubt.as_ref().map(|doubt| format!("; not trusted to show idleness: {doubt}"));
            let at = if let Point::At(at) = point { Some(at) } else { None };
            Proof {
                source: source.name.clone(),
                kind: source.kind,
                at,
                age: at.map(|at| age(scene.now.duration_since(at))),
                says: format!("{says}{}", doubt.unwrap_or_default()),
            }
        })
        .collect()
}

fn notes(scene: &Scene<'_>, clause: &Clause, account: AccountIndex) -> Vec<String> {
    let row = scene.snapshot.account(account);
    match clause.field {
        Field::LastLogin | Field::LastActive | Field::LastContribution | Field::Idle => {
            let kind = evidence_kind(clause.field);
            vec![activity_note(scene, row.last(kind), clause.field)]
        }
        Field::Created if row.created().is_none() => {
            vec!["the site does not say; the account was made before Rollcall first saw it".to_owned()]
        }
        Field::Group => paths(scene, clause, account, |_| true),
        Field::SeatVia => {
            paths(scene, clause, account, |group| scene.snapshot.group(group).gives_seat() == Some(true))
        }
        Field::Exempt => exemptions(scene, account),
        Field::Deactivated if scene.deactivated().point(account) == Point::Unknown => vec![
            "it was disabled or without a seat when Rollcall first saw it: since when is not known"
                .to_owned(),
        ],
        Field::Returned => {
            let deactivated = value(scene.snapshot, scene.facts, account, Field::Deactivated, scene.now);
            let login = value(scene.snapshot, scene.facts, account, Field::LastLogin, scene.now);
            vec![format!("deactivated: {deactivated}; last login: {login}")]
        }
        Field::Noticed if scene.facts.notices.get(&row.key()).is_some_and(|n| n.is_waiting) => {
            vec!["a notice waits to be sent; it counts from when it leaves".to_owned()]
        }
        _ => Vec::new(),
    }
}

fn activity_note(scene: &Scene<'_>, activity: Activity, field: Field) -> String {
    let name =
        |source: u16| scene.snapshot.sources().get(usize::from(source)).map_or("", |s| s.name.as_str());
    match activity {
        Activity::At { source, .. } => format!("the newest evidence is of {}", name(source)),
        Activity::AtLeast { source, .. } => format!(
            "{} shows activity, but no trusted source excludes something newer: idleness cannot be told",
            name(source)
        ),
        Activity::Never { source } if field == Field::Idle => {
            format!("never active, says {}; idleness counts from when the account was made", name(source))
        }
        Activity::Never { source } => format!("never, says {}, which would know", name(source)),
        Activity::Unknown if scene.snapshot.sources().is_empty() => {
            "the site has no source of evidence; unknown activity is never inactivity".to_owned()
        }
        Activity::Unknown => {
            "no trusted source knows this account; unknown activity is never inactivity".to_owned()
        }
    }
}

/// By which way the account is a member of the groups that the clause names.
fn paths(
    scene: &Scene<'_>,
    clause: &Clause,
    account: AccountIndex,
    is_shown: impl Fn(GroupIndex) -> bool,
) -> Vec<String> {
    const MOST: usize = 10;
    if !clause.is_exact() {
        return Vec::new();
    }
    let name = |group: &GroupIndex| format!("\"{}\"", plain(scene.snapshot.group(*group).name().as_str()));
    let groups = clause.texts().flat_map(|text| scene.snapshot.groups_named(text)).filter(|g| is_shown(**g));
    let paths = groups.flat_map(|group| scene.snapshot.member_paths(*group, account));
    paths
        .take(MOST)
        .map(|path| match path.as_slice() {
            [only] => format!("direct member of {}", name(only)),
            path => format!("member by {}", path.iter().map(name).collect::<Vec<_>>().join(" > ")),
        })
        .collect()
}

fn exemptions(scene: &Scene<'_>, account: AccountIndex) -> Vec<String> {
    let in_force =
        scene.facts.exemptions.iter().filter(|exemption| {
            exemption.is_in_force(scene.now) && exemption.covers(scene.snapshot, account)
        });
    in_force
        .map(|exemption| {
            let by = match &exemption.subject {
                ExemptSubject::Account(_) => String::new(),
                ExemptSubject::Group(group) => format!(" as member of \"{group}\""),
            };
            let until =
                exemption.until.map_or_else(|| "for good".to_owned(), |until| format!("until {until}"));
            format!("exempt{by} {until}: {}", exemption.reason)
        })
        .collect()
}

/// How long ago, in the largest whole unit of days and hours.
fn age(duration: SignedDuration) -> String {
    let hours = duration.as_hours();
    match hours {
        _ if duration.is_negative() => "in the future, by the clock of the site".to_owned(),
        0 => "less than an hour ago".to_owned(),
        1 => "1 hour ago".to_owned(),
        2..48 => format!("{hours} hours ago"),
        _ => format!("{} days ago", hours / 24),
    }
}

impl Verdict {
    /// In a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Display for Explanation {
    /// An indented tree, for terminals: nothing from the site acts on them.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let outcome = match self.verdict {
            Verdict::True => "selected",
            Verdict::False => "not selected",
            Verdict::Unknown => "not selected, because something is not known",
        };
        writeln!(f, "{}: {outcome}", plain(&self.account.username))?;
        self.step.write(f, 1)
    }
}

impl Step {
    fn write(&self, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = depth * 2;
        let mark = format!("[{}]", self.verdict);
        writeln!(f, "{:indent$}{mark:<9} {}", "", self.text)?;
        let below = indent + 10;
        if let Some(value) = &self.value {
            let shown = match value.to_string() {
                empty if empty.is_empty() => "nothing".to_owned(),
                shown => shown,
            };
            writeln!(f, "{:below$}is: {}", "", plain(&shown))?;
        }
        for proof in &self.evidence {
            let when = match (&proof.at, &proof.age) {
                (Some(at), Some(age)) => format!("{} ({age}), ", Value::At(*at)),
                _ => String::new(),
            };
            let (source, kind) = (plain(&proof.source), proof.kind.as_str());
            writeln!(f, "{:below$}{source} ({kind}): {when}{}", "", plain(&proof.says))?;
        }
        for note in &self.notes {
            writeln!(f, "{:below$}{}", "", plain(note))?;
        }
        self.steps.iter().try_for_each(|step| step.write(f, depth + 1))
    }
}
