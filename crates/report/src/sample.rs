//! Samples of reports: for tests, previews of mail templates, and their validation.

use crate::{
    ApprovalState, Basis, CriterionWords, EvidenceRow, Installation, ItemResult, ItemRow, LimitRow, Mode,
    NextStep, Origin, PlanFacts, PlanReport, ProtectedRow, RefusedRow, RunFacts, RunReport, RunState, Seats,
    SiteFacts, Verdict,
};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::{AccountRef, ActionKind, Change, EvidenceKind, ItemState, Product};

/// 2026-11-21 06:00 UTC, a Saturday.
pub(crate) const SAMPLE_INSTANT: Timestamp = Timestamp::constant(1_795_240_800, 0);

/// Names in several scripts, as people have them.
const PEOPLE: [(&str, &str); 8] = [
    ("mira.lindqvist", "Mira Lindqvist"),
    ("tane", "Tāne O'Rourke"),
    ("dlevi", "דנה לוי"),
    ("a.nasser", "أمينة ناصر"),
    ("wei.zhang", "张伟"),
    ("olga.petrova", "Ольга Петрова"),
    ("jnovak", "Novák, Jiří"),
    ("kofi", "Kofi Mensah-Boateng"),
];

fn before(hours: i64) -> Timestamp {
    SAMPLE_INSTANT - SignedDuration::from_hours(hours)
}

fn person(n: usize) -> (AccountRef, String, Option<String>) {
    let (username, name) = PEOPLE[n % PEOPLE.len()];
    let username =
        if n < PEOPLE.len() { username.to_owned() } else { format!("{username}{}", n / PEOPLE.len() + 1) };
    let email = format!("{username}@example.org");
    let key = format!("8a7f8082{n:024x}");
    (AccountRef { key: key.as_str().into(), username }, name.to_owned(), Some(email))
}

fn item(n: usize) -> ItemRow {
    let (account, name, email) = person(n);
    ItemRow {
        seq: n as u32 + 1,
        account,
        name,
        email,
        change: Change::Disable,
        before: "enabled".to_owned(),
        after: "disabled".to_owned(),
        why: "status = enabled AND seat = true AND idle >= 90d".to_owned(),
        evidence: Some(EvidenceRow {
            source: "list-active".to_owned(),
            kind: EvidenceKind::Login,
            at: (n % 5 != 4).then(|| before(24 * (212 + n as i64))),
            at_least: false,
        }),
        can_undo: true,
        result: None,
    }
}

fn basis(mode: Mode, accounts: usize) -> Basis {
    let (stranger, stranger_name, stranger_email) = person(8_001);
    let (owner, owner_name, owner_email) = person(8_003);
    let accounts = accounts as u64;
    let next = match mode {
        Mode::Test => NextStep {
            words: "switch the policy live".to_owned(),
            command: Some("rollcall policy enable reclaim-idle-seats --live".to_owned()),
        },
        Mode::Live => NextStep {
            words: "take these changes back".to_owned(),
            command: Some("rollcall runs undo 01939d52-7c10-7d3e-9a55-3f0c5b7a2e11".to_owned()),
        },
    };
    Basis {
        installation: Installation { name: "Rollcall".to_owned(), version: "0.1.0".to_owned() },
        site: SiteFacts {
            name: "wiki".parse().unwrap_or_else(|_| unreachable!("a plain word is a site name")),
            url: "https://wiki.example.org".to_owned(),
            product: Product::ConfluenceDc,
            version: "9.2.13".parse().ok(),
        },
        origin: Origin::Policy {
            name: "reclaim-idle-seats".to_owned(),
            version: "5d0c1f7a".to_owned(),
            description: "Seats of people idle for a quarter".to_owned(),
        },
        criterion: Some(CriterionWords {
            text: "status = enabled AND seat = true AND idle >= 90d".to_owned(),
            words: "enabled accounts that use a seat and were idle for 90 days or longer".to_owned(),
        }),
        only: None,
        mode,
        plan: PlanFacts {
            id: "01939d51-2a3b-7c44-8d21-6b1e0f4a9c02".into(),
            fingerprint: "b3f1c2d4e5a697887766554433221100ffeeddccbbaa99887766554433221100".to_owned(),
            snapshot: "01939d50-1f2e-7b33-9c10-5a0d9e3f8b01".into(),
            snapshot_taken_at: before(1),
            made_at: SAMPLE_INSTANT - SignedDuration::from_mins(10),
            expires_at: SAMPLE_INSTANT + SignedDuration::from_hours(72),
        },
        seats: Seats {
            before: Some(accounts + 1_900),
            freed: Some(accounts),
            after: Some(1_900),
            max: Some(accounts + 2_000),
            is_unlimited: false,
        },
        limits: vec![
            LimitRow {
                name: "accounts".to_owned(),
                allowed: (accounts * 2 + 10).to_string(),
                found: accounts.to_string(),
                verdict: Verdict::Within,
            },
            LimitRow {
                name: "growth".to_owned(),
                allowed: "3x".to_owned(),
                found: "no earlier run".to_owned(),
                verdict: Verdict::NotApplicable,
            },
        ],
        refused: vec![RefusedRow {
            account: stranger,
            name: stranger_name,
            email: stranger_email,
            action: ActionKind::Disable,
            reason:
                "directory \"Corporate LDAP\" is read-only; use `remove-licence-groups`, or disable in LDAP"
                    .to_owned(),
        }],
        protected: vec![ProtectedRow {
            account: owner,
            name: owner_name,
            email: owner_email,
            rule: "exemption".to_owned(),
            reason: "exempt until 2027-01-31: parental leave".to_owned(),
        }],
        warnings: vec!["the search index is being rebuilt: last contributions are not known".to_owned()],
        next: vec![next],
        link: None,
        reported_at: SAMPLE_INSTANT,
    }
}

impl PlanReport {
    /// A plan of 41 accounts, waiting for approval.
    pub fn sample() -> Self {
        Self::sample_of(41)
    }

    /// The same with that many accounts.
    pub fn sample_of(accounts: usize) -> Self {
        let mut basis = basis(Mode::Live, accounts);
        basis.next = vec![NextStep {
            words: "approve this plan".to_owned(),
            command: Some(format!("rollcall approve {}", basis.plan.id)),
        }];
        Self {
            basis,
            approval: ApprovalState::Needed { because: "above 20 accounts; by a second person".to_owned() },
            items: (0..accounts).map(item).collect(),
        }
    }
}

impl RunReport {
    /// A run of 41 accounts in test mode.
    pub fn sample() -> Self {
        Self::sample_of(Mode::Test, 41)
    }

    /// A run in that mode with that many accounts. Live, some of them have other outcomes than `done`.
    pub fn sample_of(mode: Mode, accounts: usize) -> Self {
        let finished_at = SAMPLE_INSTANT - SignedDuration::from_mins(1);
        let items: Vec<ItemRow> = (0..accounts)
            .map(|n| {
                let (state, reason) = match (mode, n % 20) {
                    (Mode::Test, _) => (ItemState::Pending, None),
                    (Mode::Live, 7) => {
                        (ItemState::Drifted, Some("signed in 2026-11-21 05:57 UTC, after the plan"))
                    }
                    (Mode::Live, 13) => {
                        (ItemState::Failed, Some("the site answered 500 and the account is still enabled"))
                    }
                    (Mode::Live, 17) => (ItemState::Already, None),
                    (Mode::Live, _) => (ItemState::Done, None),
                };
                let result = ItemResult {
                    state,
                    reason: reason.map(str::to_owned),
                    attempts: u32::from(mode == Mode::Live),
                    finished_at: (mode == Mode::Live).then_some(finished_at),
                };
                ItemRow { result: Some(result), ..item(n) }
            })
            .collect();
        let mut basis = basis(mode, accounts);
        if mode == Mode::Live {
            let done = items.iter().filter(|i| i.state() == ItemState::Done).count() as u64;
            basis.seats.freed = Some(done);
            basis.seats.after = basis.seats.before.map(|before| before - done);
        }
        Self {
            basis,
            run: RunFacts {
                id: "01939d52-7c10-7d3e-9a55-3f0c5b7a2e11".into(),
                state: RunState::Done,
                started_at: Some(SAMPLE_INSTANT - SignedDuration::from_mins(5)),
                finished_at: Some(finished_at),
                stopped_because: None,
                approved_by: (mode == Mode::Live).then(|| "a.kowalska".to_owned()),
            },
            items,
            audit_head: "7c9e1a4f0b3d5e6f8091a2b3c4d5e6f70819a2b3c4d5e6f708192a3b4c5d6e7f".to_owned(),
        }
    }
}

/// Names as nobody has them, unless to do harm: markup, formulas, terminal escapes, turned direction, line breaks, length,
/// nothing at all.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><a href=javascript:alert(1)>x</a>",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "a;=1+1",
    "\u{1b}[31mred\u{1b}[0m\u{7}\u{9b}2J",
    "\u{202E}gnp.exe",
    "two\r\nBcc: all@example.org\u{2028}lines",
    "{{ site }}{% for %}",
    "",
];

/// A run in which every text that comes from a site or a person is hostile.
fn hostile_run() -> RunReport {
    let long = "x".repeat(300);
    let names: Vec<&str> = HOSTILE.iter().copied().chain([long.as_str()]).collect();
    let mut run = RunReport::sample_of(Mode::Live, names.len());
    for (item, name) in run.items.iter_mut().zip(&names) {
        (*name).clone_into(&mut item.name);
        (*name).clone_into(&mut item.account.username);
        item.email = Some((*name).to_owned());
        item.change = Change::RemoveFromGroup { group: (*name).into() };
        (*name).clone_into(&mut item.before);
        (*name).clone_into(&mut item.after);
        (*name).clone_into(&mut item.why);
        if let Some(result) = &mut item.result {
            result.reason = Some((*name).to_owned());
        }
        if let Some(evidence) = &mut item.evidence {
            (*name).clone_into(&mut evidence.source);
        }
    }
    let poison = names.concat();
    let basis = &mut run.basis;
    basis.origin =
        Origin::Policy { name: poison.clone(), version: poison.clone(), description: poison.clone() };
    basis.criterion = Some(CriterionWords { text: poison.clone(), words: poison.clone() });
    basis.site.url.clone_from(&poison);
    basis.warnings = vec![poison.clone()];
    basis.next = vec![NextStep { words: poison.clone(), command: Some(poison.clone()) }];
    basis.link = Some(format!("javascript:{poison}"));
    for row in &mut basis.refused {
        row.name.clone_from(&poison);
        row.account.username.clone_from(&poison);
        row.reason.clone_from(&poison);
    }
    for row in &mut basis.protected {
        row.name.clone_from(&poison);
        row.account.username.clone_from(&poison);
        row.rule.clone_from(&poison);
        row.reason.clone_from(&poison);
    }
    run.run.stopped_because = Some(poison.clone());
    run.run.approved_by = Some(poison);
    run
}

impl RunReport {
    /// A run in which every text that comes from a site or a person is hostile, for those who render reports.
    pub fn sample_hostile() -> Self {
        hostile_run()
    }
}

impl PlanReport {
    /// A plan in which every text that comes from a site or a person is hostile, for those who render reports.
    pub fn sample_hostile() -> Self {
        let run = hostile_run();
        let because = run.run.stopped_because.unwrap_or_default();
        Self {
            basis: run.basis,
            approval: ApprovalState::Needed { because },
            items: run.items.into_iter().map(|item| ItemRow { result: None, ..item }).collect(),
        }
    }
}
