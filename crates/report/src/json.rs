//! JSON: the stable form of product.md §7, for programs.
//!
//! A plan: `{"id","fingerprint","site","snapshot","items":[{"account","action","before","after","why",
//! "evidence":{"source","kind","at"},"undo"}],"refused":[…],"protected":[…],"limits":{…}}`; a run:
//! `{"id","plan","mode","state","counts":{…},"items":[{"account","action","outcome","reason","attempts"}]}`; and in each
//! what else the report knows. `account` is the sign-in name, `key` the identity. Members are only ever added.
//! Text is as the site has it, to the letter: JSON escapes what is hostile.

use crate::table::{Cell, Column, Table};
use crate::{
    ApprovalState, CriterionWords, ItemRow, LimitRow, Mode, NextStep, Origin, ProtectedRow, RefusedRow,
    Report, ReportError, RunState, Seats, Verdict,
};
use jiff::Timestamp;
use rollcall_model::{AccountRef, EvidenceKind, ItemState};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::io::Write;

fn fault(error: serde_json::Error) -> ReportError {
    ReportError::Write { form: "JSON", source: error.into() }
}

/// Writes the stable form of a report, with a line break at its end.
pub fn report_json<'a>(report: impl Into<Report<'a>>, out: impl Write) -> Result<(), ReportError> {
    let report = report.into();
    let mut out = out;
    serde_json::to_writer_pretty(&mut out, &Form::of(report)).map_err(fault)?;
    out.write_all(b"\n").map_err(|source| ReportError::Write { form: "JSON", source })
}

/// Writes a listing as an array of objects, one in each line; row by row, keeps nothing.
pub fn write_json<R: AsRef<[Cell]>>(
    columns: &[Column],
    rows: impl IntoIterator<Item = R>,
    out: impl Write,
) -> Result<(), ReportError> {
    let wrong = |source| ReportError::Write { form: "JSON", source };
    let mut out = out;
    out.write_all(b"[").map_err(wrong)?;
    for (position, row) in rows.into_iter().enumerate() {
        out.write_all(if position == 0 { b"\n" } else { b",\n" }).map_err(wrong)?;
        serde_json::to_writer(&mut out, &Object { columns, cells: row.as_ref() }).map_err(fault)?;
    }
    out.write_all(b"\n]\n").map_err(wrong)
}

/// Writes a listing as an object in each line (JSON Lines), without anything around them.
pub fn write_json_lines<R: AsRef<[Cell]>>(
    columns: &[Column],
    rows: impl IntoIterator<Item = R>,
    out: impl Write,
) -> Result<(), ReportError> {
    let mut out = out;
    for row in rows {
        serde_json::to_writer(&mut out, &Object { columns, cells: row.as_ref() }).map_err(fault)?;
        out.write_all(b"\n").map_err(|source| ReportError::Write { form: "JSON", source })?;
    }
    Ok(())
}

impl Table {
    /// The listing as an array of objects.
    pub fn to_json(&self) -> Result<String, ReportError> {
        let mut bytes = Vec::new();
        write_json(&self.columns, &self.rows, &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A row as an object.
struct Object<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (position, column) in self.columns.iter().enumerate() {
            map.serialize_entry(&column.key, self.cells.get(position).unwrap_or(&Cell::Empty))?;
        }
        map.end()
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(n) => serializer.serialize_u64(*n),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Instant(at) => serializer.collect_str(at),
            Self::Never => serializer.serialize_str("never"),
            Self::Unknown => serializer.serialize_str("unknown"),
            Self::List(words) => words.serialize(serializer),
            Self::Data { json, .. } => json.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Form<'a> {
    Plan(PlanForm<'a>),
    Run(RunForm<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanForm<'a> {
    id: &'a str,
    fingerprint: &'a str,
    approval: &'a ApprovalState,
    made_at: Timestamp,
    expires_at: Timestamp,
    #[serde(flatten)]
    basis: BasisForm<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunForm<'a> {
    id: &'a str,
    plan: &'a str,
    fingerprint: &'a str,
    state: RunState,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    stopped_because: Option<&'a str>,
    approved_by: Option<&'a str>,
    audit_head: &'a str,
    counts: Counts,
    #[serde(flatten)]
    basis: BasisForm<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BasisForm<'a> {
    site: &'a str,
    site_url: &'a str,
    mode: Mode,
    origin: &'a Origin,
    criterion: Option<&'a CriterionWords>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'a str>,
    snapshot: &'a str,
    snapshot_taken_at: Timestamp,
    seats: SeatsForm,
    items: Vec<ItemForm<'a>>,
    refused: Vec<RefusedForm<'a>>,
    protected: Vec<ProtectedForm<'a>>,
    limits: Limits<'a>,
    warnings: &'a [String],
    next: &'a [NextStep],
    link: Option<&'a str>,
    reported_at: Timestamp,
}

/// Every state, also those nobody is in: a program may ask for `counts.failed` without looking whether it is there.
struct Counts(Vec<(ItemState, u64)>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(state, n)| (state.as_str(), n)))
    }
}

struct Limits<'a>(&'a [LimitRow]);

#[derive(Serialize)]
struct LimitForm<'a> {
    allowed: &'a str,
    found: &'a str,
    verdict: Verdict,
}

impl Serialize for Limits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|limit| {
            (&limit.name, LimitForm { allowed: &limit.allowed, found: &limit.found, verdict: limit.verdict })
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeatsForm {
    before: Option<u64>,
    freed: Option<u64>,
    after: Option<u64>,
    max: Option<u64>,
    unlimited: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who<'a> {
    account: &'a str,
    key: &'a str,
    name: &'a str,
    email: Option<&'a str>,
}

impl<'a> Who<'a> {
    fn new(account: &'a AccountRef, name: &'a str, email: Option<&'a str>) -> Self {
        Self { account: &account.username, key: account.key.as_str(), name, email }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemForm<'a> {
    seq: u32,
    #[serde(flatten)]
    who: Who<'a>,
    action: String,
    before: &'a str,
    after: &'a str,
    why: &'a str,
    evidence: Option<EvidenceForm<'a>>,
    undo: bool,
    #[serde(flatten)]
    result: Option<ResultForm<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultForm<'a> {
    outcome: ItemState,
    reason: Option<&'a str>,
    attempts: u32,
    finished_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct EvidenceForm<'a> {
    source: &'a str,
    kind: EvidenceKind,
    /// `null` = never, and the source would know.
    at: Option<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    at_least: bool,
}

#[derive(Serialize)]
struct RefusedForm<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    action: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
struct ProtectedForm<'a> {
    #[serde(flatten)]
    who: Who<'a>,
    kind: &'a str,
    reason: &'a str,
}

impl<'a> Form<'a> {
    fn of(report: Report<'a>) -> Self {
        let basis = BasisForm::of(report);
        let facts = &report.basis().plan;
        match report {
            Report::Plan(plan) => Self::Plan(PlanForm {
                id: facts.id.as_str(),
                fingerprint: &facts.fingerprint,
                approval: &plan.approval,
                made_at: facts.made_at,
                expires_at: facts.expires_at,
                basis,
            }),
            Report::Run(run) => {
                let counts = run.counts();
                let counts =
                    ItemState::ALL.iter().map(|s| (*s, counts.get(s).copied().unwrap_or(0))).collect();
                Self::Run(RunForm {
                    id: run.run.id.as_str(),
                    plan: facts.id.as_str(),
                    fingerprint: &facts.fingerprint,
                    state: run.run.state,
                    started_at: run.run.started_at,
                    finished_at: run.run.finished_at,
                    stopped_because: run.run.stopped_because.as_deref(),
                    approved_by: run.run.approved_by.as_deref(),
                    audit_head: &run.audit_head,
                    counts: Counts(counts),
                    basis,
                })
            }
        }
    }
}

impl<'a> BasisForm<'a> {
    fn of(report: Report<'a>) -> Self {
        let basis = report.basis();
        let seats = basis.seats;
        Self {
            site: basis.site.name.as_str(),
            site_url: &basis.site.url,
            mode: basis.mode,
            origin: &basis.origin,
            criterion: basis.criterion.as_ref(),
            only: basis.only.as_deref(),
            snapshot: basis.plan.snapshot.as_str(),
            snapshot_taken_at: basis.plan.snapshot_taken_at,
            seats: {
                let Seats { before, freed, after, max, is_unlimited } = seats;
                SeatsForm { before, freed, after, max, unlimited: is_unlimited }
            },
            items: report.items().iter().map(|item| ItemForm::of(report, item)).collect(),
            refused: basis.refused.iter().map(RefusedForm::of).collect(),
            protected: basis.protected.iter().map(ProtectedForm::of).collect(),
            limits: Limits(&basis.limits),
            warnings: &basis.warnings,
            next: &basis.next,
            link: basis.link.as_deref(),
            reported_at: basis.reported_at,
        }
    }
}

impl<'a> ItemForm<'a> {
    fn of(report: Report<'a>, item: &'a ItemRow) -> Self {
        let result = item.result.as_ref();
        let result = match report {
            Report::Plan(_) => None,
            Report::Run(_) => Some(ResultForm {
                outcome: item.state(),
                reason: result.and_then(|r| r.reason.as_deref()),
                attempts: result.map_or(0, |r| r.attempts),
                finished_at: result.and_then(|r| r.finished_at),
            }),
        };
        Self {
            seq: item.seq,
            who: Who::new(&item.account, &item.name, item.email.as_deref()),
            action: item.change.to_string(),
            before: &item.before,
            after: &item.after,
            why: &item.why,
            evidence: item.evidence.as_ref().map(|e| EvidenceForm {
                source: &e.source,
                kind: e.kind,
                at: e.at,
                at_least: e.at_least,
            }),
            undo: item.can_undo,
            result,
        }
    }
}

impl<'a> RefusedForm<'a> {
    fn of(row: &'a RefusedRow) -> Self {
        let who = Who::new(&row.account, &row.name, row.email.as_deref());
        Self { who, action: row.action.as_str(), reason: &row.reason }
    }
}

impl<'a> ProtectedForm<'a> {
    fn of(row: &'a ProtectedRow) -> Self {
        let who = Who::new(&row.account, &row.name, row.email.as_deref());
        Self { who, kind: &row.rule, reason: &row.reason }
    }
}
