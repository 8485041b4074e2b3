//! A population from a seed: a site that looks like life, the same in every process.
//!
//! Shares are exact in every hundred accounts (a permutation, not dice), details are drawn from the seed.

mod groups;
mod history;
mod names;
mod oddities;

use jiff::Timestamp;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::state::{Account, Directory, DirectoryKind, Group, Life, NEVER, Passwords, Rights, Shadow, State};

/// What a population is made from. Equal values give equal sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Population {
    /// Number of accounts, the administrator included: 40 to 1,000,000.
    pub accounts: u32,
    /// Seed of all details.
    pub seed: u64,
    /// "Today" of the simulated world.
    pub now: Timestamp,
    /// Shares of kinds of people and directories.
    pub mix: Mix,
}

/// Shares in percent. The rest of 100 in the first part is recently active; directories must sum up to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Mix {
    /// Last login more than 90 days ago.
    pub idle: u32,
    /// Never logged in.
    pub never: u32,
    /// Logged in once.
    pub once: u32,
    /// Disabled.
    pub disabled: u32,
    /// In the internal directory.
    pub internal: u32,
    /// In the LDAP directory with local groups.
    pub ldap_local_groups: u32,
    /// In the LDAP directory that allows nothing.
    pub ldap_read_only: u32,
    /// In the delegated directory.
    pub delegated: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            idle: 25,
            never: 8,
            once: 3,
            disabled: 9,
            internal: 40,
            ldap_local_groups: 30,
            ldap_read_only: 10,
            delegated: 20,
        }
    }
}

impl Mix {
    /// Everybody in the internal directory, so that every write is allowed.
    pub fn all_writable() -> Self {
        Self { internal: 100, ldap_local_groups: 0, ldap_read_only: 0, delegated: 0, ..Self::default() }
    }

    pub(crate) fn is_sound(&self) -> bool {
        let directories = [self.internal, self.ldap_local_groups, self.ldap_read_only, self.delegated];
        let people = [self.idle, self.never, self.once, self.disabled];
        directories.iter().all(|share| *share <= 100)
            && people.iter().all(|share| *share <= 100)
            && directories.iter().sum::<u32>() == 100
            && people.iter().sum::<u32>() <= 100
    }
}

/// Names of the four directories of a generated site, in their order.
pub const DIRECTORIES: [&str; 4] =
    ["Confluence Internal Directory", "Corporate LDAP", "Partner LDAP", "Delegated LDAP Authentication"];

/// What someone's past looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Active,
    Idle,
    Never,
    Once,
    Disabled,
}

const DAY: i64 = 86_400_000;

/// Draws the parts of a population.
struct Generator<'a> {
    population: &'a Population,
    rng: ChaCha8Rng,
    now: i64,
    shift: u32,
    state: State,
}

impl Population {
    /// Makes the site. `administrator` gets the password and the token.
    pub(crate) fn generate(&self) -> State {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let shift = rng.next_u32() % 100;
        let now = self.now.as_millisecond();
        let mut generator = Generator { population: self, rng, now, shift, state: State::default() };
        generator.directories();
        generator.groups();
        generator.administrator();
        generator.odd_accounts();
        generator.people();
        generator.history();
        let mut state = generator.state;
        state.link_members();
        state.settle();
        state.order_audit();
        // A tenth of room, in steps that licences are sold in.
        let step = if self.accounts < 1000 { 25 } else { 500 };
        state.seat_limit = (state.seats_used() + state.seats_used() / 10).div_ceil(step) * step;
        state.credentials.passwords = Passwords::BySeed(self.seed);
        state
    }
}

impl Generator<'_> {
    fn directories(&mut self) {
        let kinds = [
            DirectoryKind::Internal,
            DirectoryKind::LdapLocalGroups,
            DirectoryKind::LdapReadOnly,
            DirectoryKind::Delegated,
        ];
        self.state.directories = DIRECTORIES
            .into_iter()
            .zip(kinds)
            .zip(0_u64..)
            .map(|((name, kind), number)| Directory {
                id: 32_769 + number * 32_768,
                name: name.to_owned(),
                kind,
                active: true,
            })
            .collect();
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.rng.random_range(0..bound.max(1))
    }

    /// An instant between so many days ago and so many days ago.
    fn days_ago(&mut self, newest: i64, oldest: i64) -> i64 {
        self.now - self.rng.random_range(newest * DAY..oldest * DAY)
    }

    /// Each hundred accounts hold every number 0..100 once, so shares are exact.
    fn ticket(&self, number: u32, factor: u32) -> u32 {
        (number % 100 * factor + self.shift + number / 100 * 7) % 100
    }

    fn habit(&self, number: u32) -> Habit {
        let mix = &self.population.mix;
        let ticket = self.ticket(number, 37);
        let mut bound = 0;
        for (share, habit) in [
            (mix.idle, Habit::Idle),
            (mix.never, Habit::Never),
            (mix.once, Habit::Once),
            (mix.disabled, Habit::Disabled),
        ] {
            bound += share;
            if ticket < bound {
                return habit;
            }
        }
        Habit::Active
    }

    fn directory(&mut self, number: u32) -> u8 {
        let mix = self.population.mix;
        // Another permutation than that of habits, or each habit would live in one directory.
        let ticket = (self.ticket(number, 61) + self.below(100)) % 100;
        let mut bound = 0;
        for (share, directory) in [(mix.internal, 0), (mix.ldap_local_groups, 1), (mix.ldap_read_only, 2)] {
            bound += share;
            if ticket < bound {
                return directory;
            }
        }
        if mix.delegated > 0 { 3 } else { 0 }
    }

    fn administrator(&mut self) {
        let mut admin = self.account("admin", "Site Administrator", 0, Habit::Active);
        admin.groups = vec![groups::ADMINISTRATORS, groups::USERS];
        admin.mail = "admin@example.com".into();
        admin.last_login = self.now - DAY / 3;
        self.put(admin);
    }

    /// An account with a past that fits its habit; groups are the caller's.
    fn account(&mut self, name: &str, display: &str, directory: u8, habit: Habit) -> Account {
        let created = self.days_ago(200, 2500);
        let (created, last_login, logins) = match habit {
            // Nine of ten came within the last month, the others within 90 days.
            Habit::Active if self.below(10) > 0 => (created, self.days_ago(0, 30), 20 + self.below(2000)),
            Habit::Active => (created, self.days_ago(30, 89), 20 + self.below(400)),
            Habit::Idle => (created, self.days_ago(91, 900).max(created + DAY), 2 + self.below(300)),
            Habit::Never => (self.days_ago(1, 700), NEVER, 0),
            Habit::Once => {
                let created = self.days_ago(100, 700);
                (created, created + DAY / 2, 1)
            }
            Habit::Disabled => (created, self.days_ago(120, 1200).max(created + DAY), 1 + self.below(300)),
        };
        Account {
            name: name.into(),
            display: display.into(),
            mail: "".into(),
            key: self.state.next_key(),
            groups: Vec::new(),
            created,
            last_login,
            logins,
            directory,
            life: Life::Present,
            active: habit != Habit::Disabled,
            rights: Rights::NONE,
            shadows: None,
        }
    }

    fn put(&mut self, account: Account) -> bool {
        self.state.insert_account(account).is_some()
    }

    fn people(&mut self) {
        let mut twin: Option<(String, String)> = None;
        while (self.state.accounts.len() as u32) < self.population.accounts {
            let number = self.state.accounts.len() as u32;
            let habit = self.habit(number);
            let directory = self.directory(number);
            // Now and then someone has a second account for administration.
            let (name, display) = match twin.take() {
                Some((name, display)) => (format!("{name}-adm"), format!("{display} (admin)")),
                None => self.person(),
            };
            let name = if directory == 1 && self.below(12) == 0 { names::capitalised(&name) } else { name };
            let mut account = self.account(&name, &display, directory, habit);
            if self.below(40) > 0 {
                let domain = ["example.com", "example.com", "example.org", "partner.example.net"]
                    [self.below(4) as usize];
                account.mail = format!("{}@{domain}", name.to_lowercase()).into_boxed_str();
            }
            self.memberships(&mut account, habit);
            if directory > 0 && self.below(250) == 0 {
                account.directory = 0;
                account.shadows =
                    Some(Box::new([Shadow { directory, display: account.display.clone(), active: true }]));
            }
            // Left every directory, the mapping is still there.
            if self.below(400) == 0 && number > 60 {
                account.life = Life::Unsynced;
                account.groups.clear();
            }
            if self.put(account) && self.below(60) == 0 {
                twin = Some((name, display));
            }
        }
    }

    /// (username, full name) of someone; the username is not taken yet.
    fn person(&mut self) -> (String, String) {
        let (given, family) = names::draw(&mut self.rng);
        let base = names::login(given.1, family.1);
        let display = names::full(given.0, family.0);
        let mut name = base.clone();
        let mut number = self.state.accounts.len() as u32 / 40;
        while self.state.account_id(&name).is_some() {
            number += 1;
            name = format!("{base}{number}");
        }
        (name, display)
    }

    fn group_named(&mut self, group: &Group) -> u32 {
        match self.state.insert_group(group.clone()) {
            Some(id) => id,
            None => self.state.group_id(&group.name).unwrap_or_default(),
        }
    }
}
