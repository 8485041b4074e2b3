//! Points in time, of which often only "then at the earliest" or "then at the latest" is known, and idleness, which is reckoned from them.

use super::{Scene, Truth};
use crate::field::{Field, Operator};
use crate::tree::{Literal, Test};
use roaring::RoaringBitmap;
use rollcall_model::EvidenceKind;
use std::ops::RangeInclusive;

/// The kind of evidence behind a field about activity; `None`: any kind.
pub(crate) fn evidence_kind(field: Field) -> Option<EvidenceKind> {
    match field {
        Field::LastLogin => Some(EvidenceKind::Login),
        Field::LastContribution => Some(EvidenceKind::Contribution),
        _ => None,
    }
}

/// Whenever.
const ALWAYS: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// Whether it asks for something later than the cut, rather than earlier.
fn asks_later(op: Operator) -> bool {
    matches!(op, Operator::Greater | Operator::AtLeast)
}

impl Scene<'_> {
    /// The positive form of a test.
    pub(super) fn instant(&self, field: Field, test: &Test) -> Truth {
        let Test::Compare { op, value } = test else { return Truth::default() };
        if *value == Literal::Never {
            return self.never(field);
        }
        let Some(cut) = value.micros(self.now) else { return Truth::default() };
        match field {
            Field::Created => self.created(*op, cut),
            Field::Reactivated => self.reactivated(*op, cut),
            Field::Deactivated => Truth {
                yes: self.deactivated().between(op.range(cut)) & &self.everybody,
                unknown: self.unknown_instant(field),
            },
            Field::Noticed => Truth::certain(self.noticed().between(op.range(cut))),
            // So long idle = its beginning so long ago.
            Field::Idle => self.idle_since(op.flipped(), cut),
            _ => self.active(field, *op, cut),
        }
    }

    pub(super) fn unknown_instant(&self, field: Field) -> RoaringBitmap {
        match field {
            Field::Created => self.unborn(),
            Field::Reactivated => {
                let site = &self.snapshot.columns().reactivated;
                site.unknown() - self.first_seen().between(ALWAYS)
            }
            Field::Deactivated => self.deactivated().unknown() & &self.everybody,
            Field::Noticed => RoaringBitmap::new(),
            Field::Idle => {
                let activity = self.snapshot.activity(None);
                activity.unknown() | (activity.never() & self.unborn())
            }
            _ => self.snapshot.activity(evidence_kind(field)).unknown().clone(),
        }
    }

    /// Accounts of which not even a bound of their age is known.
    fn unborn(&self) -> RoaringBitmap {
        self.snapshot.columns().created.unknown() - self.first_seen().between(ALWAYS)
    }

    fn never(&self, field: Field) -> Truth {
        let without = match field {
            Field::Reactivated => Some(self.first_seen().between(ALWAYS) - self.returned(ALWAYS)),
            Field::Deactivated => Some(self.deactivated().silent()),
            // Rollcall knows all its notices.
            Field::Noticed => Some(&self.everybody - self.noticed().between(ALWAYS)),
            _ => None,
        };
        if let Some(without) = without {
            return Truth { yes: without & &self.everybody, unknown: self.unknown_instant(field) };
        }
        let activity = self.snapshot.activity(evidence_kind(field));
        Truth { yes: activity.never().clone(), unknown: activity.unknown().clone() }
    }

    /// An open activity was then at the earliest. Never is neither before nor after anything.
    fn active(&self, field: Field, op: Operator, cut: i64) -> Truth {
        let activity = self.snapshot.activity(evidence_kind(field));
        let hit = activity.between(op.range(cut));
        let open = activity.open();
        if asks_later(op) {
            Truth { unknown: activity.unknown() | (open - &hit), yes: hit }
        } else {
            Truth { unknown: activity.unknown() | (open & &hit), yes: hit - open }
        }
    }

    /// Where the site does not say, the account existed when it was first seen: it was made then at the latest.
    fn created(&self, op: Operator, cut: i64) -> Truth {
        let created = &self.snapshot.columns().created;
        let yes = created.between(op.range(cut));
        let silent = created.unknown();
        if silent.is_empty() {
            return Truth::certain(yes);
        }
        let first_seen = self.first_seen();
        let hit = first_seen.between(op.range(cut)) & silent;
        if asks_later(op) {
            let unseen = silent - first_seen.between(ALWAYS);
            Truth { yes, unknown: hit | unseen }
        } else {
            Truth { unknown: silent - &hit, yes: yes | hit }
        }
    }

    /// Accounts of which the site or Rollcall saw a reactivation in this range.
    fn returned(&self, range: RangeInclusive<i64>) -> RoaringBitmap {
        let seen = self.came_back().between(range.clone()) & &self.everybody;
        seen | self.snapshot.columns().reactivated.between(range)
    }

    /// The newer of what the site and what Rollcall saw.
    fn reactivated(&self, op: Operator, cut: i64) -> Truth {
        let yes = if asks_later(op) {
            self.returned(op.range(cut))
        } else {
            self.returned(op.range(cut)) - self.returned(op.negated().range(cut))
        };
        Truth { yes, unknown: self.unknown_instant(Field::Reactivated) }
    }

    /// Who signed in after losing the way in. A login of which only "then at the earliest" is known proves it where it is late enough, and
    /// nothing where it is not; where either instant is not known, neither is the answer (I3).
    pub(crate) fn came_again(&self) -> Truth {
        let deactivated = self.deactivated();
        let logins = self.snapshot.activity(Some(EvidenceKind::Login));
        let mut truth =
            Truth { yes: RoaringBitmap::new(), unknown: self.unknown_instant(Field::Deactivated) };
        for row in &(deactivated.between(ALWAYS) & &self.everybody) {
            let login = logins.newest(row);
            if login > deactivated.get(row) {
                truth.yes.insert(row);
            } else if logins.open().contains(row) || logins.unknown().contains(row) {
                truth.unknown.insert(row);
            }
        }
        truth
    }

    /// Idleness begins with the last activity; without any, with the making of the account.
    fn idle_since(&self, op: Operator, cut: i64) -> Truth {
        let active = self.active(Field::LastActive, op, cut);
        let never = self.snapshot.activity(None).never();
        if never.is_empty() {
            return active;
        }
        let created = self.created(op, cut);
        Truth { yes: active.yes | (created.yes & never), unknown: active.unknown | (created.unknown & never) }
    }
}
