//! A small site for tests: what matters to a test is visible in it, everything else is ordinary.
#![expect(dead_code, reason = "every test file uses its own part")]

use jiff::{SignedDuration, Timestamp, ToSpan};
use rollcall_criteria::parse;
use rollcall_model::{
    Absence, AccessMode, AccountIndex, AccountRecord, AccountRef, Action, ActionKind, Capability,
    DirectoryRecord, EvidenceKind, EvidencePoint, EvidenceSource, GroupRecord, Observation, Product, Reach,
    SeatCounts, SiteProfile, Status, Support,
};
use rollcall_planner::{
    Approval, Limits, Mode, Only, Order, Origin, Percent, Period, Plan, PlanError, PlanInput, Protections,
    plan,
};
use rollcall_snapshot::{Facts, Snapshot};

/// The instant at which every test plans.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

pub(crate) fn days_ago(days: i64) -> Timestamp {
    now() - (days * 24).hours()
}

pub(crate) const USERS: &str = "confluence-users";
pub(crate) const ADMINS: &str = "confluence-administrators";
pub(crate) const INACTIVE: &str = "confluence-inactive";
pub(crate) const SERVICES: &str = "svc-accounts";

/// A person with a seat, four years old, idle for 200 days.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) record: AccountRecord,
    pub(crate) groups: Vec<String>,
}

pub(crate) fn person(username: &str) -> Person {
    let mut record =
        AccountRecord::new(format!("key-{username}"), username, format!("{username} the person"));
    record.email = Some(format!("{username}@example.org"));
    record.status = Some(Status::Enabled);
    record.created = Some(days_ago(1500));
    record.directory = Some(0);
    record.evidence = vec![EvidencePoint { source: 0, at: Some(days_ago(200)) }];
    Person { record, groups: vec![USERS.to_owned()] }
}

impl Person {
    pub(crate) fn with(mut self, change: impl FnOnce(&mut AccountRecord)) -> Self {
        change(&mut self.record);
        self
    }
    pub(crate) fn disabled(self) -> Self {
        self.with(|r| r.status = Some(Status::Disabled))
    }
    pub(crate) fn active(self, days: i64) -> Self {
        self.with(|r| r.evidence = vec![EvidencePoint { source: 0, at: Some(days_ago(days)) }])
    }
    pub(crate) fn without_evidence(self) -> Self {
        self.with(|r| r.evidence.clear())
    }
    pub(crate) fn in_groups(mut self, groups: &[&str]) -> Self {
        self.groups = groups.iter().map(|g| (*g).to_owned()).collect();
        self
    }
}

/// A group: name, gives a seat, gives administration, groups inside.
pub(crate) type Team = (String, Option<bool>, Option<bool>, Vec<String>);

/// The site itself. Rollcall signs in as `rollcall`, an administrator; `root` and `boss` are the administrators among people.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Team>,
    pub(crate) directories: Vec<DirectoryRecord>,
    pub(crate) sources: Vec<EvidenceSource>,
    pub(crate) profile: SiteProfile,
}

pub(crate) fn site(people: impl IntoIterator<Item = Person>) -> Site {
    let mut all = vec![
        person("rollcall").in_groups(&[USERS, ADMINS]).active(0),
        person("root").in_groups(&[USERS, ADMINS]).active(3),
        person("boss").in_groups(&[USERS, ADMINS]).active(9),
    ];
    all.extend(people);
    let group = |name: &str, seat, admin| (name.to_owned(), Some(seat), Some(admin), Vec::new());
    Site {
        people: all,
        groups: vec![
            group(USERS, true, false),
            group(ADMINS, true, true),
            group(INACTIVE, false, false),
            group(SERVICES, false, false),
        ],
        directories: vec![
            DirectoryRecord {
                name: "Internal".into(),
                kind: Some("internal".into()),
                is_writable: Some(true),
            },
            DirectoryRecord {
                name: "Corporate LDAP".into(),
                kind: Some("ldap".into()),
                is_writable: Some(false),
            },
        ],
        sources: vec![EvidenceSource {
            name: "list-active".into(),
            kind: EvidenceKind::Login,
            reach: Reach::Newest,
            absence: Absence::Never,
            read_at: now(),
            doubt: None,
        }],
        profile: SiteProfile {
            product: Product::ConfluenceDc,
            version: "9.3.1".parse().ok(),
            base_url: "https://wiki.example.org".into(),
            own_account: AccountRef { key: "key-rollcall".into(), username: "rollcall".into() },
            is_admin: Some(true),
            access_mode: AccessMode::ReadWrite,
            seats: SeatCounts { used: Some(900), max: Some(1000), is_unlimited: false },
            directories: Vec::new(),
            capabilities: ActionKind::ALL
                .into_iter()
                .map(|action| Capability { action, support: Support::Yes })
                .collect(),
            warnings: Vec::new(),
            evidence: Vec::new(),
        },
    }
}

impl Site {
    pub(crate) fn group(mut self, name: &str, gives_seat: bool, inside: &[&str]) -> Self {
        let inside = inside.iter().map(|g| (*g).to_owned()).collect();
        self.groups.push((name.to_owned(), Some(gives_seat), Some(false), inside));
        self
    }

    /// Puts a group into another.
    pub(crate) fn nest(mut self, outer: &str, inner: &str) -> Self {
        for group in self.groups.iter_mut().filter(|g| g.0 == outer) {
            group.3.push(inner.to_owned());
        }
        self
    }

    pub(crate) fn cannot(mut self, kind: ActionKind, reason: &str) -> Self {
        for row in self.profile.capabilities.iter_mut().filter(|row| row.action == kind) {
            row.support = Support::No { reason: reason.to_owned() };
        }
        self
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.snapshot_at(now() - 1.hour())
    }

    pub(crate) fn snapshot_at(&self, at: Timestamp) -> Snapshot {
        let position = |name: &str| {
            self.groups.iter().position(|g| g.0 == name).unwrap_or_else(|| panic!("no group {name}"))
        };
        let mut groups: Vec<GroupRecord> = self
            .groups
            .iter()
            .map(|(name, gives_seat, gives_admin, inside)| GroupRecord {
                name: name.as_str().into(),
                members: Vec::new(),
                children: inside.iter().map(|g| position(g) as u32).collect(),
                gives_seat: *gives_seat,
                gives_admin: *gives_admin,
            })
            .collect();
        for (index, person) in (0..).zip(&self.people) {
            for group in &person.groups {
                groups[position(group)].members.push(index);
            }
        }
        let observation = Observation {
            site: "site-1".into(),
            profile: self.profile.clone(),
            started_at: at - 5.minutes(),
            finished_at: at,
            directories: self.directories.clone(),
            groups,
            accounts: self.people.iter().map(|p| p.record.clone()).collect(),
            sources: self.sources.clone(),
            notes: Vec::new(),
        };
        Snapshot::build("snapshot-1".into(), observation).unwrap()
    }
}

/// An order on a site, with limits out of the way unless the test is about them.
pub(crate) struct Planning {
    pub(crate) snapshot: Snapshot,
    pub(crate) facts: Facts,
    pub(crate) criterion: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) limits: Limits,
    pub(crate) approval: Approval,
    pub(crate) protections: Protections,
    pub(crate) previous: Option<u32>,
    pub(crate) now: Timestamp,
    pub(crate) id: &'static str,
    pub(crate) only: Option<Only>,
}

impl std::fmt::Debug for Planning {
    /// Without the snapshot: the site it was made of is shown beside it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { criterion, actions, limits, protections, previous, facts, .. } = self;
        write!(f, "{criterion} {actions:?} {limits:?} {protections:?} {previous:?} {:?}", facts.exemptions)
    }
}

impl Planning {
    pub(crate) fn of(site: &Site, criterion: &str, actions: &[&str]) -> Self {
        Self {
            snapshot: site.snapshot(),
            facts: Facts::default(),
            criterion: criterion.to_owned(),
            actions: actions.iter().map(|a| a.parse().unwrap()).collect(),
            limits: Limits { percent: Percent::ALL, minimum_idle: Period::hours(0), ..Limits::default() },
            approval: Approval::NEVER,
            protections: Protections::default(),
            previous: None,
            now: now(),
            id: "plan-1",
            only: None,
        }
    }

    pub(crate) fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn try_plan(&self) -> Result<Plan, PlanError> {
        let criterion = parse(&self.criterion).unwrap();
        let order = Order {
            origin: Origin::Policy { name: "idle".into(), version: "v1".into() },
            criterion: &criterion,
            actions: &self.actions,
            mode: Mode::Test,
            limits: &self.limits,
            approval: &self.approval,
            only: self.only.as_ref(),
        };
        plan(&PlanInput {
            id: self.id.into(),
            snapshot: &self.snapshot,
            facts: &self.facts,
            order: &order,
            protections: &self.protections,
            previous: self.previous,
            now: self.now,
            expires_after: SignedDuration::from_hours(24),
        })
    }

    pub(crate) fn plan(&self) -> Plan {
        self.try_plan().unwrap_or_else(|error| panic!("{error}"))
    }
}

/// `username: change` of every item, in order.
pub(crate) fn items(plan: &Plan) -> Vec<String> {
    plan.items.iter().map(|i| format!("{}: {}", i.account.username, i.change)).collect()
}

/// `username: reason` of everybody protected.
pub(crate) fn protected(plan: &Plan) -> Vec<String> {
    plan.protected.iter().map(|p| format!("{}: {}", p.account.username, p.reason)).collect()
}

/// `username: reason` of everybody refused.
pub(crate) fn refused(plan: &Plan) -> Vec<String> {
    plan.refused.iter().map(|r| format!("{}: {}", r.account.username, r.reason())).collect()
}

pub(crate) fn index(snapshot: &Snapshot, username: &str) -> AccountIndex {
    snapshot.find_username(username).unwrap_or_else(|| panic!("no account {username}"))
}
