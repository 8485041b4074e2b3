//! A site of any size that answers at once: made up from a seed, with ten memberships for each account.

use crate::Outcome;
use crate::statistics::Dice;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{Act, Connection, Observe, OpenSite, SiteError};
use rollcall_model::{
    Absence, AccessMode, AccountRecord, AccountRef, Change, DirectoryRecord, EvidenceKind, EvidencePoint,
    EvidenceSource, GroupName, GroupRecord, Observation, Product, Reach, SeatCounts, SiteProfile, Status,
};
use rollcall_site::{AccountState, Acted, Facets, ObserveRequest, Requests};
use std::sync::Arc;
use std::time::Duration;

/// The host of the address by which the made-up site is known.
pub(crate) const HOST: &str = "synthetic.invalid";

const FIRST: [&str; 16] = [
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
];
const SYLLABLES: [&str; 20] = [
    "gar", "cia", "ko", "val", "ber", "ger", "mül", "ler", "san", "tos", "bri", "en", "pe", "ter", "sen",
    "li", "wang", "ta", "ka", "an",
];
const DOMAINS: [&str; 4] = ["example.com", "example.org", "partner.example.com", "example.co.nz"];

/// Opens the made-up site by its host, and simulated ones over HTTP.
pub(crate) struct Products {
    pub(crate) accounts: u32,
}

impl OpenSite for Products {
    fn open(&self, connection: &Connection) -> Result<Arc<dyn Act>, SiteError> {
        if connection.url.host_str() == Some(HOST) {
            return Ok(Arc::new(MadeUp { accounts: self.accounts }));
        }
        Ok(rollcall_atlassian::connect(connection)?)
    }
}

struct MadeUp {
    accounts: u32,
}

#[async_trait]
impl Observe for MadeUp {
    async fn probe(&self) -> Result<SiteProfile, SiteError> {
        Ok(profile())
    }

    async fn observe(&self, request: ObserveRequest<'_>) -> Result<Observation, SiteError> {
        let mut observation = site(self.accounts, (request.now)());
        observation.site = request.site;
        Ok(observation)
    }

    async fn look(
        &self,
        accounts: &[AccountRef],
        _: &Facets,
        _: Duration,
    ) -> Result<Vec<Result<AccountState, SiteError>>, SiteError> {
        Ok(accounts.iter().map(|_| Err(nothing())).collect())
    }

    async fn active_since(&self, _: Timestamp) -> Result<Option<Vec<(AccountRef, Timestamp)>>, SiteError> {
        Ok(None)
    }

    fn requests_sent(&self) -> u64 {
        0
    }
}

#[async_trait]
impl Act for MadeUp {
    async fn act(&self, _: &AccountRef, _: &Change) -> Acted {
        Acted { result: Err(nothing()), requests: Requests::default() }
    }

    async fn create_group(&self, _: &GroupName) -> Result<(), SiteError> {
        Err(nothing())
    }
}

fn nothing() -> SiteError {
    SiteError::NotFound { what: "anything of a site that is made up".to_owned() }
}

fn profile() -> SiteProfile {
    SiteProfile {
        product: Product::ConfluenceDc,
        version: None,
        base_url: format!("http://{HOST}"),
        own_account: AccountRef { key: "rollcall".into(), username: "rollcall".to_owned() },
        is_admin: Some(true),
        access_mode: AccessMode::ReadWrite,
        seats: SeatCounts::default(),
        directories: Vec::new(),
        capabilities: Vec::new(),
        warnings: Vec::new(),
        evidence: Vec::new(),
    }
}

fn site(count: u32, now: Timestamp) -> Observation {
    let mut dice = Dice(1);
    let accounts = (0..count).map(|number| account(number, now, &mut dice)).collect();
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
    Observation {
        site: "synthetic".into(),
        profile: profile(),
        started_at: now,
        finished_at: now,
        directories: vec![
            directory("Internal", "internal", true),
            directory("Corporate LDAP", "ldap", false),
        ],
        groups: groups(count, &mut dice),
        accounts,
        sources: vec![
            source("list-active", EvidenceKind::Login, Reach::Newest, Absence::Never),
            source("audit-events", EvidenceKind::Use, Reach::AtLeast, Absence::Unknown),
        ],
        notes: Vec::new(),
    }
}

fn account(number: u32, now: Timestamp, dice: &mut Dice) -> AccountRecord {
    let ago =
        |dice: &mut Dice, days: u64| now - SignedDuration::from_millis(dice.below(days * 86_400_000) as i64);
    let last: String = (0..2 + dice.below(2)).map(|_| dice.pick(&SYLLABLES)).collect();
    let first = dice.pick(&FIRST);
    let username = format!("{}.{last}{}", first.to_lowercase(), number % 10_000);
    let key = format!("{:016x}{:016x}", dice.next(), dice.next());
    let email = dice.percent(98).then(|| format!("{username}@{}", dice.pick(&DOMAINS)));
    let mut evidence = Vec::new();
    if dice.percent(95) {
        let at = dice.percent(85).then(|| ago(dice, 900));
        evidence.push(EvidencePoint { source: 0, at });
    }
    if dice.percent(20) {
        evidence.push(EvidencePoint { source: 1, at: Some(ago(dice, 60)) });
    }
    AccountRecord {
        email,
        status: Some(if dice.percent(80) { Status::Enabled } else { Status::Disabled }),
        directory: Some(dice.below(2) as u16),
        created: dice.percent(70).then(|| ago(dice, 3000)),
        seat: Some(dice.percent(60)),
        shadowed: Some(dice.percent(2)),
        evidence,
        ..AccountRecord::new(key, username, format!("{first} {last}"))
    }
}

/// Ten memberships for each account: one group of nearly all, and two thousand of some.
fn groups(count: u32, dice: &mut Dice) -> Vec<GroupRecord> {
    let group = |name: String, members: Vec<u32>| GroupRecord {
        name: name.into(),
        members,
        children: Vec::new(),
        gives_seat: Some(false),
        gives_admin: Some(false),
    };
    let mut groups = vec![
        group("confluence-users".to_owned(), (0..count).filter(|_| dice.percent(90)).collect()),
        group("confluence-administrators".to_owned(), (0..count / 20_000).collect()),
        group("svc-accounts".to_owned(), (0..count).filter(|_| dice.percent(1)).collect()),
    ];
    groups[0].gives_seat = Some(true);
    let each = u64::from(count) * 9 / 2_000;
    for number in 3..2_003 {
        let mut members: Vec<u32> = (0..each).map(|_| dice.below(count.into()) as u32).collect();
        members.sort_unstable();
        members.dedup();
        groups.push(group(format!("group-{number}"), members));
    }
    groups
}

/// The address of the made-up site.
pub(crate) fn address() -> Outcome<url::Url> {
    Ok(format!("http://{HOST}").parse()?)
}
