//! Evaluation: three-valued logic on sets of accounts. Each clause gives the accounts for which it is true and those for which it is not
//! known; AND, OR and NOT are operations on such pairs of sets.

mod clause;
mod instant;
mod names;

pub(crate) use instant::evidence_kind;

use crate::Verdict;
use crate::tree::Expr;
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rollcall_model::AccountIndex;
use rollcall_snapshot::{Beside, Facts, InstantColumn, Snapshot};
use std::cell::OnceCell;

/// For whom something is true, and for whom it is not known; for all others it is false. No account is in both.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Truth {
    pub(crate) yes: RoaringBitmap,
    pub(crate) unknown: RoaringBitmap,
}

impl Truth {
    /// True for these and false for all others.
    pub(crate) fn certain(yes: RoaringBitmap) -> Self {
        Self { yes, unknown: RoaringBitmap::new() }
    }

    fn and(self, other: &Self) -> Self {
        let yes = &self.yes & &other.yes;
        if self.unknown.is_empty() && other.unknown.is_empty() {
            return Self::certain(yes);
        }
        let possible = (self.yes | self.unknown) & (&other.yes | &other.unknown);
        Self { unknown: possible - &yes, yes }
    }

    pub(crate) fn or(self, other: &Self) -> Self {
        let yes = self.yes | &other.yes;
        let unknown = (self.unknown | &other.unknown) - &yes;
        Self { yes, unknown }
    }

    fn not(self, everybody: &RoaringBitmap) -> Self {
        Self { yes: everybody - self.yes - &self.unknown, unknown: self.unknown }
    }

    fn is_false_for_all(&self) -> bool {
        self.yes.is_empty() && self.unknown.is_empty()
    }

    pub(crate) fn verdict(&self, account: AccountIndex) -> Verdict {
        if self.yes.contains(account) {
            Verdict::True
        } else if self.unknown.contains(account) {
            Verdict::Unknown
        } else {
            Verdict::False
        }
    }
}

/// What a criterion is evaluated against.
pub(crate) struct Scene<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) facts: &'a Facts,
    pub(crate) now: Timestamp,
    pub(crate) everybody: RoaringBitmap,
    history: OnceCell<Beside<'a>>,
    noticed: OnceCell<InstantColumn>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, facts: &'a Facts, now: Timestamp) -> Self {
        Self {
            snapshot,
            facts,
            now,
            everybody: snapshot.everybody(),
            history: OnceCell::new(),
            noticed: OnceCell::new(),
        }
    }

    /// When each account was first seen.
    pub(crate) fn first_seen(&self) -> &InstantColumn {
        &self.beside().first_seen
    }

    /// When each account was seen to come back.
    pub(crate) fn came_back(&self) -> &InstantColumn {
        &self.beside().reactivated
    }

    /// When each account last lost the way in.
    pub(crate) fn deactivated(&self) -> &InstantColumn {
        &self.beside().deactivated
    }

    fn beside(&self) -> &Beside<'a> {
        self.history.get_or_init(|| self.facts.history.beside(self.snapshot))
    }

    /// When the newest notice to each account's owner was sent.
    pub(crate) fn noticed(&self) -> &InstantColumn {
        self.noticed.get_or_init(|| self.facts.noticed_beside(self.snapshot))
    }

    pub(crate) fn evaluate(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::All => Truth::certain(self.everybody.clone()),
            Expr::Clause(clause) => self.clause(clause),
            Expr::Not(inner) => self.evaluate(inner).not(&self.everybody),
            Expr::And(parts) => {
                let mut parts = parts.iter();
                let mut truth = parts.next().map(|first| self.evaluate(first)).unwrap_or_default();
                for part in parts {
                    if truth.is_false_for_all() {
                        break;
                    }
                    truth = truth.and(&self.evaluate(part));
                }
                truth
            }
            Expr::Or(parts) => {
                parts.iter().fold(Truth::default(), |truth, part| truth.or(&self.evaluate(part)))
            }
        }
    }
}
