//! What happened, in one sentence.

use crate::words::{counted, cut, has_ended, is_effective, number, spaced};
use crate::{ApprovalState, Mode, Origin, Report, RunState};
use rollcall_model::{ActionKind, ItemState, plain};
use std::collections::{BTreeMap, HashMap};

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 120;
/// Longest name of a policy or operator in a subject.
const LONGEST_LABEL: usize = 48;

/// From the gravest to the lightest. An account is counted under the gravest change made of it.
const BY_GRAVITY: [ActionKind; 12] = [
    ActionKind::Delete,
    ActionKind::RemoveFromDirectory,
    ActionKind::Disable,
    ActionKind::Suspend,
    ActionKind::ChangeDirectory,
    ActionKind::ResetPassword,
    ActionKind::RemoveLicenceGroups,
    ActionKind::RemoveGroups,
    ActionKind::Enable,
    ActionKind::Restore,
    ActionKind::AddGroups,
    ActionKind::Notify,
];

/// What was done to an account: "41 accounts would be …".
fn participle(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Delete => "deleted",
        ActionKind::RemoveFromDirectory => "removed from the directory",
        ActionKind::Disable => "disabled",
        ActionKind::Suspend => "suspended",
        ActionKind::ChangeDirectory => "moved to another directory",
        ActionKind::ResetPassword => "asked to choose a new password",
        ActionKind::RemoveLicenceGroups | ActionKind::RemoveGroups => "removed from groups",
        ActionKind::Enable => "enabled",
        ActionKind::Restore => "restored",
        ActionKind::AddGroups => "added to groups",
        ActionKind::Notify => "notified",
    }
}

/// How many accounts were, or would be, changed, by the gravest change made of each.
pub(crate) struct Tally {
    by_kind: BTreeMap<usize, u64>,
    /// Items by state.
    pub(crate) by_state: BTreeMap<ItemState, u64>,
    has_ended: bool,
}

impl Tally {
    pub(crate) fn of(report: Report<'_>) -> Self {
        let mut gravest: HashMap<(&str, &str), usize> = HashMap::new();
        let mut by_state = BTreeMap::new();
        for item in report.items() {
            *by_state.entry(item.state()).or_default() += 1;
            if is_effective(report, item) {
                let kind = item.change.kind();
                let gravity = BY_GRAVITY.iter().position(|k| *k == kind).unwrap_or(BY_GRAVITY.len() - 1);
                let account = (item.account.key.as_str(), item.account.username.as_str());
                gravest.entry(account).and_modify(|g| *g = gravity.min(*g)).or_insert(gravity);
            }
        }
        let mut by_kind = BTreeMap::new();
        for gravity in gravest.into_values() {
            *by_kind.entry(gravity).or_default() += 1;
        }
        Self { by_kind, by_state, has_ended: has_ended(report) }
    }

    /// Distinct accounts that were, or would be, changed.
    pub(crate) fn accounts(&self) -> u64 {
        self.by_kind.values().sum()
    }

    pub(crate) fn state(&self, state: ItemState) -> u64 {
        self.by_state.get(&state).copied().unwrap_or(0)
    }

    /// Items that are not made: they ended otherwise, or have not come to their end while the run goes on.
    pub(crate) fn not_made(&self) -> u64 {
        use ItemState::{Drifted, Failed, Pending, Refused, Stopped};
        let certain: u64 = [Drifted, Failed, Pending, Refused, Stopped].iter().map(|s| self.state(*s)).sum();
        if self.has_ended { certain } else { certain + self.state(ItemState::Started) }
    }

    /// Items that may have been made without anybody's seeing it: without a clear answer, or begun in a run that has ended.
    pub(crate) fn in_doubt(&self) -> u64 {
        let begun = if self.has_ended { self.state(ItemState::Started) } else { 0 };
        begun + self.state(ItemState::Unknown)
    }

    /// `41 accounts would be disabled, 3 removed from groups`; with `verb` empty: `41 accounts disabled`.
    fn clause(&self, verb_one: &str, verb_many: &str) -> String {
        let parts: Vec<String> = self
            .by_kind
            .iter()
            .enumerate()
            .map(|(position, (gravity, n))| {
                let done = participle(BY_GRAVITY[*gravity]);
                match position {
                    0 if verb_one.is_empty() => format!("{} {done}", counted(*n, "account")),
                    0 => format!(
                        "{} {} {done}",
                        counted(*n, "account"),
                        if *n == 1 { verb_one } else { verb_many }
                    ),
                    _ => format!("{} {done}", number(*n)),
                }
            })
            .collect();
        parts.join(", ")
    }
}

/// `41 accounts would be disabled.` One sentence, the first that anybody reads.
pub(crate) fn headline(report: Report<'_>, tally: &Tally) -> String {
    let total = report.items().len() as u64;
    let would = || match tally.accounts() {
        0 => "No account would be changed".to_owned(),
        _ => tally.clause("would be", "would be"),
    };
    let sentence = match report {
        Report::Plan(_) => would(),
        Report::Run(run) => match (report.basis().mode, run.run.state) {
            (Mode::Test, RunState::Done) => would(),
            (mode, state) => {
                let effect = match (mode, tally.accounts()) {
                    (Mode::Test, _) => would(),
                    (Mode::Live, 0) => "No account was changed".to_owned(),
                    (Mode::Live, _) => tally.clause("was", "were"),
                };
                let (missing, doubtful) =
                    if mode == Mode::Test { (0, 0) } else { (tally.not_made(), tally.in_doubt()) };
                let doubt = match doubtful {
                    0 => String::new(),
                    n => format!("; of {} it is not known", counted(n, "change")),
                };
                match state {
                    RunState::Done if missing == 0 => format!("{effect}{doubt}"),
                    RunState::Done => {
                        format!("{effect}; {} could not be made{doubt}", counted(missing, "change"))
                    }
                    RunState::Pending => format!("Not yet begun: {} to make", counted(total, "change")),
                    RunState::Running => {
                        format!(
                            "Under way: {} of {} so far",
                            number(total - missing - doubtful),
                            counted(total, "change")
                        )
                    }
                    RunState::Stopped => {
                        format!("Stopped: {}", ended_early(&effect, missing, total) + &doubt)
                    }
                    RunState::Failed => format!("Failed: {}", ended_early(&effect, missing, total) + &doubt),
                }
            }
        },
    };
    format!("{sentence}.")
}

fn ended_early(made: &str, missing: u64, total: u64) -> String {
    format!("{}; {} of {} not made", lower_first(made), number(missing), counted(total, "change"))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// What must not be overlooked, beside the headline.
pub(crate) fn notice(report: Report<'_>) -> Option<String> {
    match report {
        Report::Run(run) => match (report.basis().mode, &run.run.stopped_because) {
            (Mode::Test, None) => Some("This was a test run: nothing was changed.".to_owned()),
            (Mode::Test, Some(because)) => {
                Some(format!("This was a test run: nothing was changed. It ended early: {}", plain(because)))
            }
            (Mode::Live, because) => because.as_deref().map(|b| plain(b).into_owned()),
        },
        Report::Plan(plan) => Some(match &plan.approval {
            ApprovalState::Needed { because } => {
                format!("Nothing has been changed yet. Approval is needed: {}.", plain(because))
            }
            ApprovalState::Forbidden { because } => {
                format!("Nothing has been changed, and a limit forbids it: {}.", plain(because))
            }
            ApprovalState::Given { by } => {
                format!("Nothing has been changed yet. Approved by {}.", plain(by))
            }
            ApprovalState::NotNeeded => "Nothing has been changed yet.".to_owned(),
        }),
    }
}

/// What the report is of: the policy's name, `bulk by mira`, `undo by mira`.
pub(crate) fn label(report: Report<'_>) -> String {
    match &report.basis().origin {
        Origin::Policy { name, .. } => plain(name).into_owned(),
        Origin::Bulk { operator } => format!("bulk by {}", plain(operator)),
        Origin::Undo { operator, .. } => format!("undo by {}", plain(operator)),
    }
}

/// What follows the name of site and policy in a subject.
pub(crate) fn subject_news(report: Report<'_>, tally: &Tally) -> String {
    let would = || match tally.accounts() {
        0 => "no account would be changed".to_owned(),
        _ => tally.clause("would be", "would be"),
    };
    match report {
        Report::Plan(plan) => match plan.approval {
            ApprovalState::Needed { .. } => format!("approval needed, {}", would()),
            ApprovalState::Forbidden { .. } => format!("stopped by a limit, {}", would()),
            ApprovalState::NotNeeded | ApprovalState::Given { .. } => would(),
        },
        Report::Run(run) => {
            let news = match (report.basis().mode, tally.accounts()) {
                (Mode::Test, _) => would(),
                (Mode::Live, 0) => "no account changed".to_owned(),
                (Mode::Live, _) => tally.clause("", ""),
            };
            let (missing, doubtful) = match report.basis().mode {
                Mode::Test => (0, 0),
                Mode::Live => (tally.not_made(), tally.in_doubt()),
            };
            let with = |news: String, n: u64, what: &str| match n {
                0 => news,
                n => format!("{news}, {} {what}", counted(n, "change")),
            };
            let news = with(with(news, missing, "not made"), doubtful, "not known");
            match run.run.state {
                RunState::Done => news,
                RunState::Pending => "not yet begun".to_owned(),
                RunState::Running => format!("under way, {news}"),
                RunState::Stopped => format!("stopped, {news}"),
                RunState::Failed => format!("failed, {news}"),
            }
        }
    }
}

/// ` (test)`, or nothing.
pub(crate) fn test_mark(report: Report<'_>) -> &'static str {
    if report.basis().mode == Mode::Test { " (test)" } else { "" }
}

/// The name in a subject, short enough to leave room for the news.
pub(crate) fn short_label(report: Report<'_>) -> String {
    cut(&label(report), LONGEST_LABEL)
}

/// A subject is one line of bearable length, whatever a template made of it.
pub(crate) fn one_line(subject: &str) -> String {
    cut(&plain(&spaced(subject)), LONGEST_SUBJECT)
}
