//! Protections that no policy overrides (I5), account by account. The last administrator is in `administrators.rs`: it depends on
//! the whole plan.

use super::item::ProtectionKind;
use super::{PlanError, Protections};
use crate::nearest::nearest;
use jiff::{SignedDuration, Timestamp};
use roaring::RoaringBitmap;
use rollcall_model::{AccountIndex, GroupName};
use rollcall_snapshot::{Account, Exemption, Facts, Group, InstantColumn, Snapshot};
use std::borrow::Cow;

/// Why an account is left alone.
pub(super) struct Shield {
    pub(super) kind: ProtectionKind,
    pub(super) reason: String,
    pub(super) until: Option<Timestamp>,
}

/// Everything that is looked up once and asked for each account.
pub(super) struct Guard<'a> {
    own: Option<AccountIndex>,
    own_username: &'a str,
    exemptions: Vec<(&'a Exemption, RoaringBitmap)>,
    groups: Vec<(&'a GroupName, RoaringBitmap)>,
    grace: SignedDuration,
    first_seen: Cow<'a, InstantColumn>,
    reactivated: Cow<'a, InstantColumn>,
    now: Timestamp,
}

impl<'a> Guard<'a> {
    /// Looks up accounts and groups. A protected group that the site does not have is an error: it protects nobody, and whoever named it
    /// believes that it does.
    pub(super) fn new(
        snapshot: &'a Snapshot,
        facts: &'a Facts,
        protections: &'a Protections,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        let mut groups = Vec::with_capacity(protections.groups.len());
        for name in &protections.groups {
            let named = snapshot.groups_named(name.as_str());
            if named.is_empty() {
                let known = snapshot.groups().map(|g| g.name().as_str());
                let nearest = nearest(name.as_str(), known).map(ToOwned::to_owned);
                return Err(PlanError::ProtectedGroup { group: name.clone(), nearest });
            }
            let members = named.iter().map(|g| snapshot.group(*g)).map(Group::members);
            groups.push((name, members.fold(RoaringBitmap::new(), |all, some| all | some)));
        }
        let mut exemptions: Vec<&Exemption> =
            facts.exemptions.iter().filter(|e| e.is_in_force(now)).collect();
        // The one that holds longest speaks, whatever order they were read in.
        exemptions
            .sort_by(|a, b| (b.until.is_none(), b.until).cmp(&(a.until.is_none(), a.until)).then(a.cmp(b)));
        let exemptions = exemptions.into_iter().map(|e| (e, e.accounts(snapshot))).collect();
        let own = &snapshot.profile().own_account;
        let own_index = Some(&own.key).filter(|key| !key.is_empty()).and_then(|key| snapshot.find_key(key));
        let history = facts.history.beside(snapshot);
        Ok(Self {
            own: own_index.or_else(|| snapshot.find_username(&own.username)),
            own_username: &own.username,
            exemptions,
            groups,
            grace: protections.grace.duration(),
            first_seen: history.first_seen,
            reactivated: history.reactivated,
            now,
        })
    }

    /// The account that Rollcall uses, if the site shows it.
    pub(super) const fn own(&self) -> Option<AccountIndex> {
        self.own
    }

    /// The first reason to leave the account alone, for a policy.
    pub(super) fn shield(&self, account: Account<'_>) -> Option<Shield> {
        self.standing_shield(account).or_else(|| self.grace_shield(account))
    }

    /// The same without the grace: what an undo has to obey. It puts back what a run changed a moment ago, so everybody whom it
    /// concerns was changed recently.
    pub(super) fn standing_shield(&self, account: Account<'_>) -> Option<Shield> {
        let index = account.index();
        if self.own == Some(index) {
            let reason = format!("Rollcall itself signs in as \"{}\"", self.own_username);
            return Some(Shield { kind: ProtectionKind::OwnAccount, reason, until: None });
        }
        if let Some((exemption, _)) = self.exemptions.iter().find(|(_, accounts)| accounts.contains(index)) {
            let through = match &exemption.subject {
                rollcall_snapshot::ExemptSubject::Account(_) => String::new(),
                rollcall_snapshot::ExemptSubject::Group(group) => format!(" as member of \"{group}\""),
            };
            let until = match exemption.until {
                // The instant is the first that is no longer exempt; people read a day as the last one that is.
                Some(until) => format!("until {}", day(until - SignedDuration::from_nanos(1))),
                None => "for good".to_owned(),
            };
            let reason = format!("exempt{through} {until}: {}", exemption.reason);
            return Some(Shield { kind: ProtectionKind::Exempt, reason, until: exemption.until });
        }
        if let Some((group, _)) = self.groups.iter().find(|(_, members)| members.contains(index)) {
            let reason = format!("member of the protected group \"{group}\"");
            return Some(Shield { kind: ProtectionKind::ProtectedGroup, reason, until: None });
        }
        None
    }

    fn grace_shield(&self, account: Account<'_>) -> Option<Shield> {
        if self.grace.is_zero() {
            return None;
        }
        let row = account.index();
        let reactivated = account.reactivated().max(self.reactivated.get(row));
        if let Some(at) = reactivated.filter(|at| self.is_within_grace(*at)) {
            let reason = format!("enabled again on {}, within the grace of {}", day(at), self.grace_words());
            return Some(Shield {
                kind: ProtectionKind::RecentlyReactivated,
                reason,
                until: self.end_of_grace(at),
            });
        }
        if let Some(created) = account.created() {
            return self.is_within_grace(created).then(|| Shield {
                kind: ProtectionKind::TooYoung,
                reason: format!("created on {}, within the grace of {}", day(created), self.grace_words()),
                until: self.end_of_grace(created),
            });
        }
        // Where the site does not say when an account was made, only what was seen of it proves its age.
        let first_seen = self.first_seen.get(row);
        let evidence = account.evidence().filter_map(|(_, _, at)| at).min();
        let known_since = match (first_seen, evidence) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if known_since.is_some_and(|at| !self.is_within_grace(at)) {
            return None;
        }
        let seen = known_since.map(|at| format!(", it was first seen on {}", day(at))).unwrap_or_default();
        let reason = format!(
            "the site does not say when the account was created{seen}: it may be younger than the grace of {}",
            self.grace_words()
        );
        let until = known_since.and_then(|at| self.end_of_grace(at));
        Some(Shield { kind: ProtectionKind::AgeUnknown, reason, until })
    }

    /// An instant in the future (clocks differ) is recent.
    fn is_within_grace(&self, at: Timestamp) -> bool {
        self.now.duration_since(at) < self.grace
    }

    fn end_of_grace(&self, at: Timestamp) -> Option<Timestamp> {
        at.checked_add(self.grace).ok()
    }

    fn grace_words(&self) -> String {
        let hours = self.grace.as_hours();
        match (hours / 24, hours % 24) {
            (1, 0) => "1 day".to_owned(),
            (days, 0) => format!("{days} days"),
            _ => format!("{hours} hours"),
        }
    }
}

/// The date in UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
