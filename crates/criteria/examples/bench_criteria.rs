//! Measures criteria and snapshots at the size of architecture.md §6: `cargo run --release -p rollcall-criteria --example bench_criteria`.
//!
//! Makes a site of 1,000,000 accounts and 10,000,000 memberships (or as many accounts as the first argument says, with ten memberships
//! each; further arguments are criteria to measure instead of the usual ones), stores it, and loads it in a process of its own, so that the memory of the making is not counted.

use jiff::{SignedDuration, Timestamp};
use rollcall_criteria::{Criterion, parse, select};
use rollcall_model::{
    Absence, AccessMode, AccountRecord, AccountRef, DirectoryRecord, EvidenceKind, EvidencePoint,
    EvidenceSource, GroupRecord, Observation, Product, Reach, SeatCounts, SiteProfile, Status,
};
use rollcall_snapshot::{ExemptSubject, Exemption, Facts, History, Snapshot};
use std::path::{Path, PathBuf};
use std::time::Instant;

const NOW: &str = "2026-11-22T06:00:00Z";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, path, bare, criteria @ ..] = arguments.as_slice()
        && flag == "--load"
    {
        return load(Path::new(path), bare.parse()?, criteria);
    }
    let accounts: u32 = arguments.first().map_or(Ok(1_000_000), |count| count.parse())?;
    let path: PathBuf = std::env::temp_dir().join(format!("rollcall-bench-{}.snapshot", std::process::id()));
    let mut observation = site(accounts)?;
    let copy = observation.clone();
    let start = Stopwatch::start();
    let snapshot = Snapshot::build("bench".into(), copy)?;
    let (built, start) = (start.millis() / 1e3, Stopwatch::start());
    let bytes = snapshot.encode();
    println!("times are those of one core; build {built:.2} s, encode {:.2} s", start.millis() / 1e3);
    std::fs::write(&path, &bytes)?;
    for group in &mut observation.groups {
        group.members.clear();
    }
    let bare = Snapshot::build("bare".into(), observation)?.encode().len();
    let status = std::process::Command::new(std::env::current_exe()?)
        .args([Path::new("--load"), &path, Path::new(&bare.to_string())])
        .args(arguments.iter().skip(1))
        .status()?;
    std::fs::remove_file(&path)?;
    if status.success() { Ok(()) } else { Err("loading failed".into()) }
}

/// Everything that is measured on the loaded snapshot.
fn load(path: &Path, bare: usize, criteria: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let now: Timestamp = NOW.parse()?;
    let bytes = std::fs::read(path)?;
    let stored = bytes.len();
    let start = Stopwatch::start();
    let snapshot = Snapshot::decode(&bytes)?;
    let decode = start.millis() / 1e3;
    drop(bytes);
    let resident = memory("VmRSS:");
    let start = Stopwatch::start();
    snapshot.prepare();
    let prepared = start.millis() / 1e3;
    let memberships: u64 = snapshot.groups().map(|group| group.direct_members().len()).sum();
    let history = History::advance(None, &snapshot);
    let exemption = Exemption {
        subject: ExemptSubject::Group("svc-accounts".into()),
        reason: "service accounts".to_owned(),
        until: None,
    };
    let facts = Facts { exemptions: vec![exemption], history, ..Facts::default() };
    println!("\n{} accounts, {memberships} memberships, {} groups", snapshot.len(), snapshot.group_count());
    println!("| what | measured | must reach | |\n| --- | --- | --- | --- |");
    goal("load", decode, 2.0, "s");
    goal("resident after loading", resident as f64, 400.0, "MB");
    println!("| made ready for listings (processor time of one of two threads) | {prepared:.2} s | | |");
    goal("stored per account", bare as f64 / f64::from(snapshot.len()), 60.0, "bytes");
    goal("stored per membership", (stored - bare) as f64 / memberships as f64, 3.0, "bytes");
    println!(
        "\n| criterion | found | first time | evaluated | sorted and paged | must reach | |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    let asked: Vec<&str> = criteria.iter().map(String::as_str).collect();
    let usual = [
        "status = enabled AND idle >= 90d AND group = \"confluence-users\" AND NOT group IN (\"confluence-administrators\", \"svc-accounts\") AND emailDomain != \"partner.example.com\" ORDER BY lastActive",
        "status = enabled AND seat = true AND lastLogin < -6M AND group = \"group-17\" AND NOT group = \"group-4\" ORDER BY name, username DESC",
        "lastLogin = never AND created < -90d AND exempt = false ORDER BY created DESC",
        "username ~ \"an\" OR email ~ \"garcia\" ORDER BY email",
        "groups > 12 AND group IS NOT EMPTY ORDER BY groups DESC",
        "idle >= 1y OR lastActive IS UNKNOWN ORDER BY idle DESC",
        "all ORDER BY emailDomain, name",
    ];
    for text in if asked.is_empty() { &usual[..] } else { &asked } {
        measure(&snapshot, &facts, &parse(text)?, now)?;
    }
    println!("\nresident after all of it: {} MB, at most {} MB", memory("VmRSS:"), memory("VmHWM:"));
    Ok(())
}

fn measure(
    snapshot: &Snapshot,
    facts: &Facts,
    criterion: &Criterion,
    now: Timestamp,
) -> Result<(), Box<dyn std::error::Error>> {
    let start = Stopwatch::start();
    let found = select(snapshot, facts, criterion, now)?.len();
    let first = start.millis();
    // The kernel counts a thread's time in ticks of some milliseconds: only a batch can be measured.
    let batch = |page: bool| -> Result<f64, Box<dyn std::error::Error>> {
        const BATCH: u32 = 40;
        let start = Stopwatch::start();
        for _ in 0..BATCH {
            let selection = select(snapshot, facts, criterion, now)?;
            let page = if page { selection.page(found as usize / 3, 100) } else { Vec::new() };
            assert!(page.len() <= 100);
        }
        Ok(start.millis() / f64::from(BATCH))
    };
    let median = |page: bool| -> Result<f64, Box<dyn std::error::Error>> {
        let mut times = [batch(page)?, batch(page)?, batch(page)?];
        times.sort_by(f64::total_cmp);
        Ok(times[1])
    };
    let text: String = criterion.to_string().chars().take(60).collect();
    let (evaluated, paged) = (median(false)?, median(true)?);
    // The goal is that of five clauses, two of them groups; the others are for understanding.
    let (goal, mark) = match criterion.clauses().count() {
        5 if evaluated <= 10.0 && paged <= 50.0 => ("≤ 10 ms, ≤ 50 ms", "✓"),
        5 => ("≤ 10 ms, ≤ 50 ms", "SHORT"),
        _ => ("", ""),
    };
    println!("| `{text}…` | {found} | {first:.1} ms | {evaluated:.2} ms | {paged:.1} ms | {goal} | {mark} |");
    Ok(())
}

/// Time that this thread had a core to itself, so that other work on the machine does not count; where Linux does not tell, the time
/// that passed.
struct Stopwatch {
    passed: Instant,
    on_core: Option<u64>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { passed: Instant::now(), on_core: Self::on_core() }
    }

    fn on_core() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok().filter(|nanos| *nanos > 0)
    }

    fn millis(&self) -> f64 {
        match (self.on_core, Self::on_core()) {
            (Some(before), Some(after)) => (after - before) as f64 / 1e6,
            _ => self.passed.elapsed().as_secs_f64() * 1e3,
        }
    }
}

/// A row of the table: what was measured, what it must not exceed.
fn goal(what: &str, measured: f64, most: f64, unit: &str) {
    println!(
        "| {what} | {measured:.2} {unit} | ≤ {most} {unit} | {} |",
        if measured <= most { "✓" } else { "SHORT" }
    );
}

/// A figure of this process, in megabytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

/// A sequence of numbers that looks random and is always the same (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

const FIRST: [&str; 24] = [
    "Mira",
    "Tom",
    "Anaïs",
    "José",
    "Jürgen",
    "Ольга",
    "Ngọc",
    "Siobhán",
    "Wei",
    "Aroha",
    "Lena",
    "Omar",
    "Ingrid",
    "Paulo",
    "Chloé",
    "Ravi",
    "Yuki",
    "Fatima",
    "Lars",
    "Zoe",
    "Ivan",
    "Grace",
    "Noah",
    "Emma",
];
const SYLLABLES: [&str; 28] = [
    "gar", "cia", "ko", "val", "ber", "ger", "mül", "ler", "san", "tos", "o'", "bri", "en", "pe", "ter",
    "sen", "li", "wang", "ta", "ka", "ha", "shi", "ro", "ma", "nov", "ski", "dal", "an",
];
const DOMAINS: [&str; 6] = [
    "example.com",
    "example.org",
    "partner.example.com",
    "mail.example.net",
    "contractor.example",
    "example.co.nz",
];

fn site(count: u32) -> Result<Observation, Box<dyn std::error::Error>> {
    let now: Timestamp = NOW.parse()?;
    let mut dice = Dice(1);
    let ago = |dice: &mut Dice, days: u64| {
        let millis = dice.below(days * 86_400_000) as i64;
        now - SignedDuration::from_millis(millis)
    };
    let mut accounts = Vec::with_capacity(count as usize);
    for number in 0..count {
        let last: String = (0..2 + dice.below(2)).map(|_| dice.pick(&SYLLABLES)).collect();
        let first = dice.pick(&FIRST);
        let username = format!("{}.{}{}", first.to_lowercase(), last.replace('\'', ""), number % 10_000);
        let key = format!("{:016x}{:016x}", dice.next(), dice.next());
        let email = match dice.below(50) {
            0 => None,
            1 => Some(String::new()),
            _ => Some(format!("{username}@{}", dice.pick(&DOMAINS))),
        };
        let mut evidence = Vec::new();
        if dice.percent(95) {
            let at = dice.percent(85).then(|| ago(&mut dice, 900));
            evidence.push(EvidencePoint { source: 0, at });
        }
        if dice.percent(20) {
            evidence.push(EvidencePoint { source: 1, at: Some(ago(&mut dice, 60)) });
        }
        if dice.percent(10) {
            evidence.push(EvidencePoint { source: 2, at: Some(ago(&mut dice, 1500)) });
        }
        accounts.push(AccountRecord {
            email,
            status: Some(if dice.percent(80) { Status::Enabled } else { Status::Disabled }),
            directory: Some(dice.below(4) as u16),
            created: dice.percent(70).then(|| ago(&mut dice, 3000)),
            seat: Some(dice.percent(60)),
            shadowed: Some(dice.percent(2)),
            logins: dice.percent(30).then(|| dice.below(500) as u32),
            evidence,
            ..AccountRecord::new(key, username, format!("{first} {last}"))
        });
    }
    let source = |name: &str, kind, reach, absence| EvidenceSource {
        name: name.to_owned(),
        kind,
        reach,
        absence,
        read_at: now,
        doubt: None,
    };
    let directory = |name: &str, kind: &str, is_writable| DirectoryRecord {
        name: name.into(),
        kind: Some(kind.to_owned()),
        is_writable: Some(is_writable),
    };
    Ok(Observation {
        site: "bench".into(),
        profile: SiteProfile {
            product: Product::ConfluenceDc,
            version: None,
            base_url: "http://bench.invalid".to_owned(),
            own_account: AccountRef { key: "rollcall".into(), username: "rollcall".to_owned() },
            is_admin: Some(true),
            access_mode: AccessMode::ReadWrite,
            seats: SeatCounts::default(),
            directories: Vec::new(),
            capabilities: Vec::new(),
            warnings: Vec::new(),
            evidence: Vec::new(),
        },
        started_at: now,
        finished_at: now,
        directories: vec![
            directory("Internal", "internal", true),
            directory("Corporate LDAP", "ldap", false),
            directory("Partners", "ldap", false),
            directory("Crowd", "crowd", true),
        ],
        groups: groups(count, &mut dice),
        accounts,
        sources: vec![
            source("list-active", EvidenceKind::Login, Reach::Newest, Absence::Never),
            source("audit-events", EvidenceKind::Use, Reach::AtLeast, Absence::Unknown),
            source("cql", EvidenceKind::Contribution, Reach::Newest, Absence::Never),
        ],
        notes: Vec::new(),
    })
}

/// Ten memberships for each account: one group of nearly all, a few of many, two thousand of some, some of them inside others.
fn groups(count: u32, dice: &mut Dice) -> Vec<GroupRecord> {
    let group = |name: String, members: Vec<u32>, children: Vec<u32>| GroupRecord {
        name: name.into(),
        members,
        children,
        gives_seat: Some(false),
        gives_admin: Some(false),
    };
    let mut groups = vec![
        group("confluence-users".to_owned(), (0..count).filter(|_| dice.percent(90)).collect(), vec![3]),
        group("confluence-administrators".to_owned(), (0..count / 20_000).collect(), Vec::new()),
        group("svc-accounts".to_owned(), (0..count).filter(|_| dice.percent(1)).collect(), Vec::new()),
    ];
    groups[0].gives_seat = Some(true);
    let so_far: u64 = groups.iter().map(|group| group.members.len() as u64).sum();
    let many = 2_000;
    let each = (u64::from(count) * 10).saturating_sub(so_far) / many;
    for number in 3..3 + many {
        // The first are ten times as large as the last.
        let size = each * 2 * (many + 300 - number) / (many + 300 + 300);
        let mut members: Vec<u32> = (0..size).map(|_| dice.below(count.into()) as u32).collect();
        members.sort_unstable();
        members.dedup();
        let children = if number % 10 == 0 { vec![number as u32 - 1, number as u32 - 2] } else { Vec::new() };
        groups.push(group(format!("group-{number}"), members, children));
    }
    groups
}
