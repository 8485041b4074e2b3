//! Groups: those every site has, odd names, nesting with a cycle, and teams in number with the size of the site.

use rand::RngExt;

use super::{Generator, Habit};
use crate::state::{Account, Group, GroupId, Rights};

/// Fixed numbers of the groups that matter.
pub(super) const ADMINISTRATORS: GroupId = 0;
pub(super) const USERS: GroupId = 1;
const STAFF: GroupId = 2;
pub(super) const SERVICES: GroupId = 4;

const FIXED: [&str; 5] =
    ["confluence-administrators", "confluence-users", "wiki-staff", "confluence-inactive", "svc-accounts"];

/// Names that break careless clients.
const ODD: [&str; 14] = [
    "Docs Editors",
    "c# guild",
    "100% remote",
    "r+d",
    "ops/night shift",
    "данные и отчёты",
    "日本 支社",
    "فريق الدعم",
    "comma, separated",
    "=cmd()",
    "<i>styled</i>",
    "o'brien fans",
    "what?",
    "Zoe\u{308}'s team & friends",
];

impl Generator<'_> {
    pub(super) fn groups(&mut self) {
        for name in FIXED {
            self.group_named(&Group::named(name));
        }
        self.state.groups[ADMINISTRATORS as usize].rights = Rights::ALL;
        self.state.groups[USERS as usize].rights =
            Rights::USE.with(Rights::PERSONAL_SPACE).with(Rights::CREATE_SPACE);
        self.state.nest(USERS, STAFF);
        self.state.default_group = Some(USERS);
        for name in ODD {
            self.group_named(&Group::named(name));
        }
        // A cycle, as LDAP allows it, and a chain below it.
        let [core, platform, tools] =
            ["eng-core", "eng-platform", "eng-tools"].map(|name| self.group_named(&Group::named(name)));
        self.state.nest(core, platform);
        self.state.nest(platform, tools);
        self.state.nest(tools, core);
        for (name, directory) in [("ldap-everyone", 1), ("ldap-managers", 1), ("partner-everyone", 2)] {
            self.group_named(&Group { synced: true, directory, ..Group::named(name) });
        }
        let wanted = (self.population.accounts / 50).max(self.state.groups.len() as u32);
        let mut department = 0;
        while (self.state.groups.len() as u32) < wanted {
            let number = self.state.groups.len();
            let id = match number % 12 {
                0 => {
                    department = self.group_named(&Group::named(&format!("dept-{number:05}")));
                    department
                }
                5 => self.group_named(&Group {
                    synced: true,
                    directory: 1,
                    ..Group::named(&format!("ldap-team-{number:05}"))
                }),
                _ => self.group_named(&Group::named(&format!("team-{number:05}"))),
            };
            if id != department && department != 0 && number.is_multiple_of(3) {
                self.state.nest(department, id);
            }
        }
    }

    /// Groups of someone: mostly a seat, a few teams, more on larger sites.
    pub(super) fn memberships(&mut self, account: &mut Account, habit: Habit) {
        let seat = if habit == Habit::Disabled { 60 } else { 92 };
        if self.below(100) < seat {
            account.groups.push(if self.below(10) == 0 { STAFF } else { USERS });
        }
        match account.directory {
            1 => account.groups.push(self.synced("ldap-everyone")),
            2 => account.groups.push(self.synced("partner-everyone")),
            _ => {}
        }
        if self.population.accounts > 200 && self.below(500) == 0 {
            account.groups.push(ADMINISTRATORS);
        }
        let first = FIXED.len() as u32;
        let last = self.state.groups.len() as u32;
        let average = (last - first).min(90) / 5;
        let wanted = if average == 0 { 0 } else { self.rng.random_range(0..=average.min(17)) };
        for _ in 0..wanted {
            // Squared: low numbers are large groups, high numbers small ones.
            let draw = self.rng.random::<f64>();
            let group = first + (draw * draw * f64::from(last - first)) as u32;
            let kept_elsewhere =
                self.state.group(group).synced && account.directory != self.state.group(group).directory;
            if group < last && !kept_elsewhere {
                account.groups.push(group);
            }
        }
    }

    fn synced(&self, name: &str) -> GroupId {
        self.state.group_id(name).unwrap_or(USERS)
    }
}
