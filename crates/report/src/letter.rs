//! What a mail says, as its templates see it.
//!
//! Every text here is already without controls and cut to a bearable length; the HTML template escapes it once more.

use crate::headline::{Tally, headline, label, notice, short_label, subject_news, test_mark};
use crate::overview::by_reason;
use crate::sheets::{facts, outcomes};
use crate::words::{change, cut, evidence, instant, is_trouble, number, outcome, told};
use crate::{ItemRow, Mode, Report, RunState};
use rollcall_model::plain;
use serde::Serialize;

/// How many accounts a mail lists; the rest is in its attachment.
pub(crate) const MOST_ACCOUNTS: usize = 50;
/// How many accounts that need a look are listed before them.
const MOST_TROUBLES: usize = 20;
/// How many reasons of refusal or protection, and how many names each.
const MOST_REASONS: usize = 10;
const NAMES_EACH: usize = 5;
/// Longest name or address, and longest sentence, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST_SENTENCE: usize = 400;

/// What a mail says of a report: by itself, so that it can be written beside whoever holds the report. Its fields are what an administrator may use
/// in a template of their own.
#[derive(Debug, Clone, Serialize)]
pub struct Letter {
    /// `plan` or `run`.
    kind: &'static str,
    /// `test` or `live`.
    mode: &'static str,
    /// Whether nothing was changed for being a test.
    is_test: bool,
    /// `good`, `attention` or `bad`: the colour of the mail.
    tone: &'static str,
    site: String,
    site_url: String,
    /// Name of the policy, `bulk by mira`, `undo by mira`.
    label: String,
    /// The same, short enough for a subject.
    short_label: String,
    /// ` (test)` or nothing.
    test_mark: &'static str,
    /// What a subject says after site and policy.
    news: String,
    /// What happened, in one sentence.
    headline: String,
    /// What must not be overlooked.
    notice: Option<String>,
    /// The figures: large in HTML.
    numbers: Vec<Figure>,
    /// Plan, run, snapshot, limits, …
    facts: Vec<Fact>,
    /// Accounts that need a look, with what went wrong.
    troubles: List,
    /// The other accounts.
    accounts: List,
    refused: Vec<Group>,
    refused_total: String,
    protected: Vec<Group>,
    protected_total: String,
    warnings: Vec<String>,
    next: Vec<Step>,
    link: Option<String>,
    /// Name of the attached file, where one is attached.
    attached: Option<String>,
    /// `Rollcall 0.1.0`.
    by: String,
    reported: String,
}

#[derive(Debug, Clone, Serialize)]
struct Figure {
    value: String,
    label: String,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    what: &'static str,
    value: String,
    /// Whether it is an id or hash, shown in a fixed-width font.
    is_code: bool,
}

#[derive(Debug, Clone, Serialize)]
struct List {
    rows: Vec<AccountLine>,
    /// How many are not listed: `1,204`; `None` = all are.
    more: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct AccountLine {
    name: String,
    username: String,
    email: Option<String>,
    changes: Vec<ChangeLine>,
    /// `login 212 days ago (2026-04-23 06:00 UTC, by list-active)`.
    evidence: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct ChangeLine {
    /// `would be removed from confluence-users`, `disabled`, `disable: failed`.
    told: String,
    /// The change alone: `disable`.
    action: String,
    /// The outcome alone: `would be done`, `done`, `failed`.
    outcome: &'static str,
    /// Whether it needs a look.
    is_trouble: bool,
    reason: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Group {
    reason: String,
    count: String,
    names: Vec<String>,
    /// How many are not named.
    more: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Step {
    words: String,
    command: Option<String>,
}

impl Letter {
    /// One warning more.
    #[must_use]
    pub fn warning(mut self, words: &str) -> Self {
        self.warnings.push(sentence(words));
        self
    }

    /// What the mail of a report says. `attached`: name of the file that goes with it.
    pub fn of(report: Report<'_>, attached: Option<&str>) -> Self {
        let basis = report.basis();
        let tally = Tally::of(report);
        let refused = basis
            .refused
            .iter()
            .map(|r| (format!("{}: {}", r.action, r.reason), r.account.username.as_str()));
        let protected = basis
            .protected
            .iter()
            .map(|p| (format!("{}: {}", p.rule, p.reason), p.account.username.as_str()));
        let (troubles, accounts) = lists(report);
        Self {
            kind: if matches!(report, Report::Plan(_)) { "plan" } else { "run" },
            mode: basis.mode.as_str(),
            is_test: basis.mode == Mode::Test,
            tone: tone(report, &tally),
            site: name(basis.site.name.as_str()),
            site_url: sentence(&basis.site.url),
            label: name(&label(report)),
            short_label: short_label(report),
            test_mark: test_mark(report),
            news: subject_news(report, &tally),
            headline: headline(report, &tally),
            notice: notice(report).map(|n| sentence(&n)),
            numbers: figures(report, &tally),
            facts: facts(report)
                .into_iter()
                .chain([("changes", outcomes(report, &tally))])
                .map(|(what, value)| Fact {
                    what,
                    value: sentence(&value),
                    is_code: matches!(what, "criterion" | "fingerprint" | "audit head"),
                })
                .collect(),
            troubles,
            accounts,
            refused: groups(refused),
            refused_total: number(basis.refused.len() as u64),
            protected: groups(protected),
            protected_total: number(basis.protected.len() as u64),
            warnings: basis.warnings.iter().map(|w| sentence(w)).collect(),
            next: basis
                .next
                .iter()
                .map(|s| Step { words: sentence(&s.words), command: s.command.as_deref().map(sentence) })
                .collect(),
            link: basis.link.as_deref().filter(|l| is_web(l)).map(|l| plain(l).into_owned()),
            attached: attached.map(sentence),
            by: format!("{} {}", name(&basis.installation.name), name(&basis.installation.version)),
            reported: instant(basis.reported_at),
        }
    }
}

fn name(text: &str) -> String {
    cut(&plain(text), LONGEST_NAME)
}

fn named(text: &str, otherwise: &str) -> String {
    if text.trim().is_empty() { otherwise.to_owned() } else { name(text) }
}

fn sentence(text: &str) -> String {
    cut(&plain(text), LONGEST_SENTENCE)
}

/// A link that may be offered: a page, never a script.
pub(crate) fn is_web(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

fn tone(report: Report<'_>, tally: &Tally) -> &'static str {
    let state = match report {
        Report::Plan(_) => return "attention",
        Report::Run(run) => run.run.state,
    };
    match state {
        RunState::Failed => "bad",
        RunState::Stopped => "attention",
        RunState::Pending | RunState::Running | RunState::Done => {
            if tally.by_state.keys().any(|s| is_trouble(*s)) { "attention" } else { "good" }
        }
    }
}

fn figures(report: Report<'_>, tally: &Tally) -> Vec<Figure> {
    let is_done = matches!(report, Report::Run(_)) && report.basis().mode == Mode::Live;
    let noun = |n: u64, one: &str| if n == 1 { one.to_owned() } else { format!("{one}s") };
    let accounts = tally.accounts();
    let label = noun(accounts, "account") + if is_done { " changed" } else { " would be changed" };
    let mut figures = vec![Figure { value: number(accounts), label }];
    for (n, what) in [(tally.not_made(), " not made"), (tally.in_doubt(), " not known")] {
        if is_done && n > 0 {
            figures.push(Figure { value: number(n), label: noun(n, "change") + what });
        }
    }
    if let Some(freed) = report.basis().seats.freed {
        let label = noun(freed, "seat") + if is_done { " freed" } else { " would be freed" };
        figures.push(Figure { value: number(freed), label });
    }
    if let (Some(after), Some(max)) = (report.basis().seats.after, report.basis().seats.max) {
        let label = if is_done { "seats in use now" } else { "seats in use then" };
        figures
            .push(Figure { value: format!("{} / {}", number(after), number(max)), label: label.to_owned() });
    }
    figures
}

/// Accounts with trouble, and the others. Items of one account that follow each other are one line.
fn lists(report: Report<'_>) -> (List, List) {
    let (mut troubles, mut accounts) = (Listing::new(MOST_TROUBLES), Listing::new(MOST_ACCOUNTS));
    for items in report.items().chunk_by(|a, b| a.account == b.account) {
        let is_troubled = items.iter().any(|item| is_trouble(item.state()));
        let listing = if is_troubled { &mut troubles } else { &mut accounts };
        listing.add(report, items);
    }
    (troubles.finish(), accounts.finish())
}

struct Listing {
    rows: Vec<AccountLine>,
    more: u64,
    most: usize,
}

impl Listing {
    fn new(most: usize) -> Self {
        Self { rows: Vec::new(), more: 0, most }
    }

    fn add(&mut self, report: Report<'_>, items: &[ItemRow]) {
        if self.rows.len() == self.most {
            self.more += 1;
        } else if let Some(first) = items.first() {
            self.rows.push(AccountLine {
                name: named(&first.name, "(no name)"),
                username: named(&first.account.username, "(no user name)"),
                email: first.email.as_deref().filter(|e| !e.is_empty()).map(name),
                changes: items
                    .iter()
                    .map(|item| ChangeLine {
                        told: cut(&told(report, item), LONGEST_NAME * 2),
                        action: cut(&change(&item.change), LONGEST_NAME * 2),
                        outcome: outcome(report, item),
                        is_trouble: is_trouble(item.state()),
                        reason: item.result.as_ref().and_then(|r| r.reason.as_deref()).map(sentence),
                    })
                    .collect(),
                evidence: first.evidence.as_ref().map(|e| sentence(&evidence(e, report.basis().reported_at))),
            });
        }
    }

    fn finish(self) -> List {
        List { rows: self.rows, more: (self.more > 0).then(|| number(self.more)) }
    }
}

fn groups<'a>(rows: impl Iterator<Item = (String, &'a str)>) -> Vec<Group> {
    let reasons = by_reason(rows);
    let rest: usize = reasons.iter().skip(MOST_REASONS).map(|(_, who)| who.len()).sum();
    let mut groups: Vec<Group> = reasons
        .iter()
        .take(MOST_REASONS)
        .map(|(reason, who)| Group {
            reason: sentence(reason),
            count: number(who.len() as u64),
            names: who.iter().take(NAMES_EACH).map(|n| name(n)).collect(),
            more: (who.len() > NAMES_EACH).then(|| number((who.len() - NAMES_EACH) as u64)),
        })
        .collect();
    if rest > 0 {
        groups.push(Group {
            reason: "other reasons".to_owned(),
            count: number(rest as u64),
            names: Vec::new(),
            more: None,
        });
    }
    groups
}
