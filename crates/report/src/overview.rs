//! A plan or a run on a terminal: what happened first, then the facts, then the list.

use crate::headline::{Tally, headline, label, notice, test_mark};
use crate::letter::is_web;
use crate::sheets::{facts, outcomes};
use crate::table::{Cell, Column, ColumnKind, Table};
use crate::terminal::{TerminalStyle, bold};
use crate::words::{change, counted, number, outcome, short_evidence};
use crate::{Basis, Report};
use rollcall_model::plain;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many accounts are named for each reason of refusal or protection.
const NAMES_EACH: usize = 5;

/// The report for a terminal. `most_rows`: how many changes are listed (`None` = all); the rest is counted.
pub fn report_terminal<'a>(
    report: impl Into<Report<'a>>,
    style: &TerminalStyle,
    most_rows: Option<usize>,
) -> String {
    let report = report.into();
    let tally = Tally::of(report);
    let mut out = String::new();
    let title = format!("{}: {}{}", report.basis().site.name, label(report), test_mark(report));
    for part in fold(&title, style.width.unwrap_or(usize::MAX)) {
        line(&mut out, &if style.colours { bold(&part) } else { part });
    }
    for part in [Some(headline(report, &tally)), notice(report)].iter().flatten() {
        for part in fold(part, style.width.unwrap_or(usize::MAX)) {
            line(&mut out, &part);
        }
    }
    line(&mut out, "");
    for (what, value) in facts(report) {
        fact(&mut out, what, &value, style);
    }
    fact(&mut out, "changes", &outcomes(report, &tally), style);
    if !report.items().is_empty() {
        line(&mut out, "");
        out.push_str(&items(report, most_rows).to_terminal(style));
        let hidden = report.items().len() - most_rows.unwrap_or(usize::MAX).min(report.items().len());
        if hidden > 0 {
            line(
                &mut out,
                &format!(
                    "… and {} more; `--format csv` lists all {}",
                    number(hidden as u64),
                    number(report.items().len() as u64)
                ),
            );
        }
    }
    left_alone(&mut out, report.basis(), style);
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// `  label        value`, the value folded under itself where the terminal ends.
fn fact(out: &mut String, what: &str, value: &str, style: &TerminalStyle) {
    const INDENT: usize = 16;
    let room = style.width.map_or(usize::MAX, |width| width.saturating_sub(INDENT).max(20));
    for (position, part) in fold(&plain(value), room).iter().enumerate() {
        let head = if position == 0 { what } else { "" };
        let _ = writeln!(out, "  {head:<13} {part}");
    }
}

/// Breaks at blanks; a word longer than the room goes on in the next line.
fn fold(text: &str, room: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthChar;
    let (mut lines, mut current, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split_whitespace() {
        let width: usize = word.chars().filter_map(UnicodeWidthChar::width).sum();
        if used > 0 && used + 1 + width > room {
            lines.push(std::mem::take(&mut current));
            used = 0;
        } else if used > 0 {
            current.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > room && used > 0 {
                lines.push(std::mem::take(&mut current));
                used = 0;
            }
            current.push(c);
            used += wide;
        }
    }
    if !current.is_empty() || lines.is_empty() {
        lines.push(current);
    }
    lines
}

fn items(report: Report<'_>, most_rows: Option<usize>) -> Table {
    use ColumnKind::Text;
    let has_reasons = report.items().iter().any(|i| i.result.as_ref().is_some_and(|r| r.reason.is_some()));
    let has_outcomes = matches!(report, Report::Run(_));
    let mut headings = vec!["account", "name", "change"];
    if has_outcomes {
        headings.push("outcome");
    }
    if has_reasons {
        headings.push("reason");
    }
    headings.push("evidence");
    headings.push("email");
    let columns = headings.into_iter().map(|heading| Column::new(heading, Text)).collect();
    let mut table = Table::new("changes", columns);
    for item in report.items().iter().take(most_rows.unwrap_or(usize::MAX)) {
        let mut row: Vec<Cell> = vec![
            item.account.username.as_str().into(),
            item.name.as_str().into(),
            change(&item.change).into(),
        ];
        if has_outcomes {
            row.push(outcome(report, item).into());
        }
        if has_reasons {
            row.push(item.result.as_ref().and_then(|r| r.reason.as_deref()).into());
        }
        row.push(item.evidence.as_ref().map(|e| short_evidence(e, report.basis().reported_at)).into());
        row.push(item.email.as_deref().into());
        table.rows.push(row);
    }
    table
}

/// Refused, protected, warnings, next steps.
fn left_alone(out: &mut String, basis: &Basis, style: &TerminalStyle) {
    let refused =
        basis.refused.iter().map(|r| (format!("{}: {}", r.action, r.reason), r.account.username.as_str()));
    section(out, "Refused", "change", &by_reason(refused), style);
    let protected =
        basis.protected.iter().map(|p| (format!("{}: {}", p.rule, p.reason), p.account.username.as_str()));
    section(out, "Protected, left alone", "account", &by_reason(protected), style);
    if !basis.warnings.is_empty() {
        line(out, "\nWarnings");
        for warning in &basis.warnings {
            bullet(out, warning, style);
        }
    }
    if !basis.next.is_empty() {
        line(out, "\nNext");
        for step in &basis.next {
            bullet(out, &step.words, style);
            if let Some(command) = &step.command {
                line(out, &format!("      {}", plain(command)));
            }
        }
    }
    if let Some(link) = basis.link.as_deref().filter(|link| is_web(link)) {
        line(out, &format!("\n{}", plain(link)));
    }
}

/// Reasons with the accounts they concern, the most frequent first.
pub(crate) fn by_reason<'a>(rows: impl Iterator<Item = (String, &'a str)>) -> Vec<(String, Vec<&'a str>)> {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (reason, username) in rows {
        reasons.entry(reason).or_default().push(username);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, who)| std::cmp::Reverse(who.len()));
    reasons
}

fn section(
    out: &mut String,
    title: &str,
    noun: &str,
    reasons: &[(String, Vec<&str>)],
    style: &TerminalStyle,
) {
    let total: usize = reasons.iter().map(|(_, who)| who.len()).sum();
    if total == 0 {
        return;
    }
    line(out, &format!("\n{title}: {}", counted(total as u64, noun)));
    for (reason, who) in reasons {
        bullet(out, &format!("{} ({})", reason, some_names(who, NAMES_EACH)), style);
    }
}

/// `mira, tane and 12 more`.
pub(crate) fn some_names(who: &[&str], most: usize) -> String {
    let named: Vec<_> = who.iter().take(most).map(|name| crate::words::cut(&plain(name), 40)).collect();
    let more = who.len().saturating_sub(most);
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

fn bullet(out: &mut String, text: &str, style: &TerminalStyle) {
    let room = style.width.map_or(usize::MAX, |width| width.saturating_sub(4).max(20));
    for (position, part) in fold(&plain(text), room).iter().enumerate() {
        let _ = writeln!(out, "  {} {part}", if position == 0 { "-" } else { " " });
    }
}
