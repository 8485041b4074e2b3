//! Accounts that break careless clients. Every generated site has all of them, so that tests may name them.

use super::{Generator, Habit, groups};
use crate::state::Shadow;

/// Names that no account created in Confluence may have, but LDAP may bring (§4.2, §7.6); all in "Corporate LDAP".
const FROM_LDAP: [(&str, &str); 9] = [
    ("jan novak", "Jan Novák"),
    ("c#dev", "Sharp Developer"),
    ("50%off", "Percent Off"),
    ("a+b", "Plus Minus"),
    ("ops/night", "Night Shift"),
    ("J.Doe", "Jane Doe"),
    ("zoë.fürst", "Zoe\u{308} Fu\u{308}rst"),
    ("用户一", "用户一"),
    ("pat.o'brien", "O'Brien, Pat"),
];

/// Hostile and difficult full names, in the internal directory.
const INTERNAL: [(&str, &str); 10] = [
    ("formula", "=HYPERLINK(\"http://evil.example\",\"click\")"),
    ("plus", "+1 (555) 0100"),
    ("at", "@SUM(A1:A9)"),
    ("minus", "-2+3"),
    ("bold", "<b>Bold</b> & <script>alert(1)</script>"),
    ("rtl", "\u{202e}gpj.exe"),
    ("leila", "ليلى حداد"),
    ("noam", "נועם לוי"),
    ("thida", "သီတာဝင်း"),
    ("single", "Madonna"),
];

/// Service accounts: recently used by programs, long without a login by a human.
const SERVICES: [&str; 4] = ["svc-backup", "svc-jenkins", "svc-monitoring", "svc-rollcall"];

impl Generator<'_> {
    pub(super) fn odd_accounts(&mut self) {
        for (name, display) in FROM_LDAP {
            let mut account = self.account(name, display, 1, Habit::Idle);
            account.groups = vec![groups::USERS];
            self.put(account);
        }
        for (place, (name, display)) in INTERNAL.into_iter().enumerate() {
            let habit = if place % 2 == 0 { Habit::Idle } else { Habit::Active };
            let mut account = self.account(name, display, 0, habit);
            account.groups = vec![groups::USERS];
            if place % 3 != 0 {
                account.mail = format!("{name}@example.com").into_boxed_str();
            }
            self.put(account);
        }
        for name in SERVICES {
            let mut account = self.account(name, name, 0, Habit::Never);
            account.groups = vec![groups::USERS, groups::SERVICES];
            if name == "svc-rollcall" {
                account.groups.push(groups::ADMINISTRATORS);
            }
            self.put(account);
        }
        self.two_accounts();
        self.shadowed();
    }

    /// One person with two accounts: the everyday one idle, the administrator's in use.
    fn two_accounts(&mut self) {
        for (name, display, habit, extra) in [
            ("mkoval", "Mira Koval", Habit::Idle, None),
            ("mkoval-adm", "Mira Koval (admin)", Habit::Active, Some(groups::ADMINISTRATORS)),
        ] {
            let mut account = self.account(name, display, 0, habit);
            account.mail = "mira.koval@example.com".into();
            account.groups = vec![groups::USERS];
            account.groups.extend(extra);
            self.put(account);
        }
    }

    /// The same name in two directories: writable before read-only, and read-only before read-only.
    fn shadowed(&mut self) {
        for (name, display, first, later) in
            [("tbeck", "Theo Beck", 0, 1), ("alee", "Ada Lee", 0, 3), ("rgarcia", "Rosa García", 1, 2)]
        {
            let mut account = self.account(name, display, first, Habit::Idle);
            account.groups = vec![groups::USERS];
            account.shadows =
                Some(Box::new([Shadow { directory: later, display: display.into(), active: true }]));
            self.put(account);
        }
    }
}
