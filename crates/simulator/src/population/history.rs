//! The past of a population: what people wrote, and what stands in the audit log.

use super::{DAY, Generator};
use crate::state::{AuditEvent, AuditKind, Author, Content, ContentKind, NEVER};

/// Days that the generated audit log reaches back.
const AUDIT_DAYS: i64 = 365;

impl Generator<'_> {
    pub(super) fn history(&mut self) {
        let horizon = self.now - AUDIT_DAYS * DAY;
        for id in 0..self.state.accounts.len() as u32 {
            let account = self.state.account(id);
            let (created, last_login, logins) = (account.created, account.last_login, account.logins);
            let (active, first_group) = (account.active, account.groups.first().copied());
            if created >= horizon {
                self.note(created, AuditKind::UserCreated, Author::Account(0), id, 0);
                if let Some(group) = first_group {
                    self.note(created, AuditKind::AddedToGroup, Author::Account(0), id, group);
                }
            }
            if last_login != NEVER {
                if last_login >= horizon {
                    self.note(last_login, AuditKind::Login, Author::Account(id), id, 0);
                }
                self.contributions(id, created, last_login, logins);
                self.switches(id, active, last_login, horizon);
            }
        }
    }

    /// Some were disabled and came back lately; those who are disabled were disabled some day.
    fn switches(&mut self, id: u32, active: bool, last_login: i64, horizon: i64) {
        if !active {
            let at = last_login.max(horizon) + DAY;
            if at < self.now {
                self.note(at, AuditKind::UserDeactivated, Author::Account(0), id, 0);
            }
        } else if id > 0 && self.below(100) == 0 {
            let back = self.days_ago(1, 20);
            self.note(back - 30 * DAY, AuditKind::UserDeactivated, Author::Account(0), id, 0);
            self.note(back, AuditKind::UserReactivated, Author::Account(0), id, 0);
        }
    }

    /// Two of three people have written something; the newest of it not after their last login.
    fn contributions(&mut self, id: u32, created: i64, last_login: i64, logins: u32) {
        if logins < 2 || self.below(3) == 0 {
            return;
        }
        let mut at = last_login;
        for _ in 0..=self.below(2) {
            at -= i64::from(self.below(20)) * DAY + i64::from(self.below(80_000_000));
            let written = at.max(created);
            let begun = (written - i64::from(self.below(200)) * DAY).max(created);
            // One in six pages was last touched by somebody else since: an over-report of activity (§4.7).
            let other = self.below(id.max(1));
            let (editor, modified) = match self.below(6) {
                0 if other != id && self.state.account(other).last_login > written => {
                    (other, self.state.account(other).last_login)
                }
                _ => (id, written),
            };
            let kind = ContentKind::ALL[[0, 0, 0, 1, 2, 2, 3][self.below(7) as usize]];
            self.state.library.add(Content { creator: id, editor, created: begun, modified, kind });
        }
    }

    fn note(&mut self, at: i64, kind: AuditKind, author: Author, account: u32, group: u32) {
        self.state.audit.push(AuditEvent { at, id: 0, kind, author, account, group });
    }
}
