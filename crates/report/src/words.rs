//! Words for people: ages, counts, changes, outcomes. Every form says the same thing the same way.

use crate::{EvidenceRow, ItemRow, Mode, Report, RunState};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rollcall_model::{Change, ItemState, MoveMode, plain};

/// `1,204`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 account`, `1,204 accounts`.
pub(crate) fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `2026-11-21 06:00 UTC`.
pub(crate) fn instant(at: Timestamp) -> String {
    format!("{} UTC", at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M"))
}

/// `212 days ago`, `in 3 days`, `just now`.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> String {
    let apart = now.duration_since(at);
    let words = span(apart.abs());
    if apart.abs() < SignedDuration::from_mins(1) {
        "just now".to_owned()
    } else if apart.is_negative() {
        format!("in {words}")
    } else {
        format!("{words} ago")
    }
}

/// `212 days`, `5 hours`, `4 minutes`, `12 seconds`.
pub(crate) fn span(length: SignedDuration) -> String {
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    if length >= SignedDuration::from_hours(48) {
        counted(whole(length.as_hours() / 24), "day")
    } else if length >= SignedDuration::from_hours(1) {
        counted(whole(length.as_hours()), "hour")
    } else if length >= SignedDuration::from_mins(1) {
        counted(whole(length.as_mins()), "minute")
    } else {
        counted(whole(length.as_secs()), "second")
    }
}

/// `login 212 days ago (2026-04-23 06:00 UTC, by list-active)`, `no login ever (by list-active)`.
pub(crate) fn evidence(evidence: &EvidenceRow, now: Timestamp) -> String {
    let (kind, source) = (evidence.kind.as_str(), plain(&evidence.source));
    match evidence.at {
        Some(at) => format!("{kind} {}{} ({}, by {source})", age(at, now), or_later(evidence), instant(at)),
        None => format!("no {kind} ever (by {source})"),
    }
}

/// The same, short: `login 212 days ago`, `no login ever`.
pub(crate) fn short_evidence(evidence: &EvidenceRow, now: Timestamp) -> String {
    let kind = evidence.kind.as_str();
    evidence.at.map_or_else(
        || format!("no {kind} ever"),
        |at| format!("{kind} {}{}", age(at, now), or_later(evidence)),
    )
}

/// A source that only proves "at least then" leaves it open whether there was more.
fn or_later(evidence: &EvidenceRow) -> &'static str {
    if evidence.at_least { " or later" } else { "" }
}

/// A change as one says it: `remove from confluence-users`.
pub(crate) fn change(change: &Change) -> String {
    match change {
        Change::AddToGroup { group } => format!("add to {}", plain(group.as_str())),
        Change::RemoveFromGroup { group } => format!("remove from {}", plain(group.as_str())),
        Change::ChangeDirectory { to, mode } => match mode {
            MoveMode::Move => format!("move to directory {}", plain(to.as_str())),
            MoveMode::Copy => format!("copy to directory {}", plain(to.as_str())),
        },
        Change::ResetPassword => "reset password".to_owned(),
        Change::RemoveFromDirectory => "remove from directory".to_owned(),
        Change::Disable
        | Change::Enable
        | Change::Delete
        | Change::Notify
        | Change::Suspend
        | Change::Restore => change.kind().to_string(),
    }
}

/// The same, when it is so: `removed from confluence-users`.
fn changed(change: &Change) -> String {
    match change {
        Change::Disable => "disabled".to_owned(),
        Change::Enable => "enabled".to_owned(),
        Change::Delete => "deleted".to_owned(),
        Change::AddToGroup { group } => format!("added to {}", plain(group.as_str())),
        Change::RemoveFromGroup { group } => format!("removed from {}", plain(group.as_str())),
        Change::ChangeDirectory { to, mode } => match mode {
            MoveMode::Move => format!("moved to directory {}", plain(to.as_str())),
            MoveMode::Copy => format!("copied to directory {}", plain(to.as_str())),
        },
        Change::ResetPassword => "asked to choose a new password".to_owned(),
        Change::Notify => "notified".to_owned(),
        Change::Suspend => "suspended".to_owned(),
        Change::Restore => "restored".to_owned(),
        Change::RemoveFromDirectory => "removed from the directory".to_owned(),
    }
}

/// Change and outcome in one: `would be disabled`, `disabled`, `already disabled`, `disable: failed`.
pub(crate) fn told(report: Report<'_>, item: &ItemRow) -> String {
    let is_wish = matches!(report, Report::Plan(_)) || report.basis().mode == Mode::Test;
    match item.state() {
        ItemState::Pending | ItemState::Started | ItemState::Done if is_wish => {
            format!("would be {}", changed(&item.change))
        }
        ItemState::Done => changed(&item.change),
        ItemState::Already => format!("already {}", changed(&item.change)),
        ItemState::Started if has_ended(report) => format!("{}: begun, not known", change(&item.change)),
        state => format!("{}: {state}", change(&item.change)),
    }
}

/// Whether nobody works on the run any more.
pub(crate) fn has_ended(report: Report<'_>) -> bool {
    let Report::Run(run) = report else { return false };
    matches!(run.run.state, RunState::Done | RunState::Stopped | RunState::Failed)
}

/// What became of an item, as one says it. In test mode nothing is ever "done".
pub(crate) fn outcome(report: Report<'_>, item: &ItemRow) -> &'static str {
    match (report, report.basis().mode, item.state()) {
        (Report::Plan(_), _, ItemState::Pending) => "planned",
        (Report::Run(_), Mode::Test, ItemState::Pending | ItemState::Started | ItemState::Done) => {
            "would be done"
        }
        (_, _, state) => state.as_str(),
    }
}

/// Whether an item was, or would be, made true by the run.
pub(crate) fn is_effective(report: Report<'_>, item: &ItemRow) -> bool {
    match (report, report.basis().mode) {
        (Report::Plan(_), _) | (Report::Run(_), Mode::Test) => {
            matches!(item.state(), ItemState::Pending | ItemState::Started | ItemState::Done)
        }
        (Report::Run(_), Mode::Live) => item.state() == ItemState::Done,
    }
}

/// Whether somebody should look at an item.
pub(crate) fn is_trouble(state: ItemState) -> bool {
    matches!(state, ItemState::Failed | ItemState::Unknown | ItemState::Refused | ItemState::Drifted)
}

/// The text with one space wherever it has spaces or breaks a line.
pub(crate) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in at most `most` characters, the end replaced by `…`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_as_people_say_them() {
        let now = Timestamp::constant(1_795_240_800, 0);
        let said = |seconds: i64| age(now - SignedDuration::from_secs(seconds), now);
        assert_eq!(said(0), "just now");
        assert_eq!(said(60), "1 minute ago");
        assert_eq!(said(2 * 3600), "2 hours ago");
        assert_eq!(said(212 * 86400), "212 days ago");
        assert_eq!(said(1500 * 86400), "1,500 days ago");
        assert_eq!(said(-3 * 86400), "in 3 days");
        assert_eq!(age(Timestamp::MIN, Timestamp::MAX).split(' ').nth(1), Some("days"));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_cut_text_says_so_and_is_never_longer() {
        assert_eq!(cut("日本語テキスト", 4), "日本語…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("ab cd", 4), "ab…");
        assert_eq!(cut("", 0), "");
    }
}
