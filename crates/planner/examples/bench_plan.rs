//! How long a plan of 100,000 items takes: `cargo run --release -p rollcall-planner --example bench_plan [ACCOUNTS]`.
//! One account in two is selected by three clauses and gets two changes.

use jiff::{SignedDuration, Timestamp, ToSpan};
use rollcall_model::{
    Absence, AccessMode, AccountRecord, AccountRef, Action, ActionKind, Capability, DirectoryRecord,
    EvidenceKind, EvidencePoint, EvidenceSource, GroupRecord, Observation, Product, Reach, SeatCounts,
    SiteProfile, Status, Support,
};
use rollcall_planner::{Approval, Limits, Mode, Order, Origin, Percent, Plan, PlanInput, Protections, plan};
use rollcall_snapshot::{Facts, History, Snapshot};
use std::time::Instant;

fn main() {
    let accounts: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let Ok(now) = "2026-11-22T09:00:00Z".parse::<Timestamp>() else { return };
    let snapshot = match Snapshot::build("snapshot-1".into(), observation(accounts, now)) {
        Ok(snapshot) => snapshot,
        Err(error) => return eprintln!("{error}"),
    };
    let criterion = match rollcall_criteria::parse(
        r#"status = enabled AND idle >= 90d AND NOT group IN ("confluence-administrators", "svc-accounts") ORDER BY lastActive"#,
    ) {
        Ok(criterion) => criterion,
        Err(error) => return eprintln!("{error}"),
    };
    let facts = Facts { history: History::advance(None, &snapshot), ..Facts::default() };
    let actions = [Action::RemoveGroups(vec!["confluence-users".into()]), Action::Disable];
    let limits = Limits { percent: Percent::ALL, ..Limits::default() };
    let protections = Protections { groups: vec!["svc-accounts".into()], ..Protections::default() };
    let order = Order {
        only: None,
        origin: Origin::Bulk { operator: "bench".into() },
        criterion: &criterion,
        actions: &actions,
        mode: Mode::Test,
        limits: &limits,
        approval: &Approval::NEVER,
    };
    println!("| what | measured | must reach | |\n| --- | --- | --- | --- |");
    for round in 1..=3 {
        let begun = Instant::now();
        let made = plan(&PlanInput {
            id: "plan-1".into(),
            snapshot: &snapshot,
            facts: &facts,
            order: &order,
            protections: &protections,
            previous: None,
            now,
            expires_after: SignedDuration::from_hours(24),
        });
        let took = begun.elapsed();
        match made {
            Ok(plan) => report(round, &plan, took.as_millis()),
            Err(error) => eprintln!("{error}"),
        }
    }
}

fn report(round: u32, plan: &Plan, millis: u128) {
    let begun = Instant::now();
    let stored = serde_json::to_vec(plan).map(|bytes| bytes.len()).unwrap_or_default();
    let goal = 10 * plan.items.len() / 1_000;
    let mark = if millis <= goal as u128 { "✓" } else { "SHORT" };
    println!(
        "| plan, round {round}: {} items of {} accounts (JSON: {} bytes per item, written in {} ms) | {millis} ms | {goal} ms | {mark} |",
        plan.items.len(),
        plan.accounts,
        stored / plan.items.len().max(1),
        begun.elapsed().as_millis()
    );
}

fn observation(accounts: u32, now: Timestamp) -> Observation {
    let person = |n: u32| {
        let mut record = AccountRecord::new(
            format!("ff8080817a{n:022x}"),
            format!("user{n:06}"),
            format!("Person Number {n}"),
        );
        record.email = Some(format!("user{n:06}@example.org"));
        record.status = Some(Status::Enabled);
        record.directory = Some(0);
        record.created = Some(now - (24 * 700).hours());
        let days = if n.is_multiple_of(2) { 100 + i64::from(n % 900) } else { i64::from(n % 80) };
        record.evidence = vec![EvidencePoint { source: 0, at: Some(now - (24 * days).hours()) }];
        record
    };
    let group = |name: &str, members: Vec<u32>, seat, admin| GroupRecord {
        name: name.into(),
        members,
        children: Vec::new(),
        gives_seat: Some(seat),
        gives_admin: Some(admin),
    };
    let capabilities =
        ActionKind::ALL.into_iter().map(|action| Capability { action, support: Support::Yes }).collect();
    Observation {
        site: "bench".into(),
        profile: SiteProfile {
            product: Product::ConfluenceDc,
            version: None,
            base_url: "https://wiki.example.org".into(),
            own_account: AccountRef { key: "rollcall".into(), username: "rollcall".into() },
            is_admin: Some(true),
            access_mode: AccessMode::ReadWrite,
            seats: SeatCounts::default(),
            directories: Vec::new(),
            capabilities,
            warnings: Vec::new(),
            evidence: Vec::new(),
        },
        started_at: now,
        finished_at: now,
        directories: vec![DirectoryRecord { name: "Internal".into(), kind: None, is_writable: Some(true) }],
        groups: vec![
            group("confluence-users", (0..accounts).collect(), true, false),
            group("confluence-administrators", vec![1, 3], true, true),
            group("svc-accounts", (0..accounts).step_by(1000).collect(), false, false),
        ],
        accounts: (0..accounts).map(person).collect(),
        sources: vec![EvidenceSource {
            name: "list-active".into(),
            kind: EvidenceKind::Login,
            reach: Reach::Newest,
            absence: Absence::Never,
            read_at: now,
            doubt: None,
        }],
        notes: Vec::new(),
    }
}
