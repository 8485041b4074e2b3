//! One account of a snapshot.

use crate::{Activity, Snapshot, activity};
use jiff::Timestamp;
use rollcall_model::{
    AccountIndex, AccountKey, AccountRef, DirectoryRecord, EvidenceKind, EvidenceSource, SourceIndex, Status,
};

/// A view of one account. `None` always means "the site does not say".
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) index: AccountIndex,
}

impl<'a> Account<'a> {
    /// Its position.
    pub fn index(self) -> AccountIndex {
        self.index
    }

    /// Immutable identity; empty for an account that exists in no directory.
    pub fn key(self) -> AccountKey {
        self.snapshot.columns.keys.get(self.index)
    }

    /// Identity and sign-in name.
    pub fn reference(self) -> AccountRef {
        AccountRef { key: self.key(), username: self.username().to_owned() }
    }

    /// Sign-in name.
    pub fn username(self) -> &'a str {
        self.snapshot.columns.usernames.get(self.index).unwrap_or_default()
    }

    /// Full name.
    pub fn name(self) -> &'a str {
        self.snapshot.columns.names.get(self.index).unwrap_or_default()
    }

    /// E-mail address; `Some("")` is known to be empty.
    pub fn email(self) -> Option<&'a str> {
        self.snapshot.columns.emails.get(self.index)
    }

    /// Enabled or disabled.
    pub fn status(self) -> Option<Status> {
        let enabled = self.snapshot.columns.enabled.get(self.index)?;
        Some(if enabled { Status::Enabled } else { Status::Disabled })
    }

    /// The directory in which it takes effect.
    pub fn directory(self) -> Option<&'a DirectoryRecord> {
        let index = self.snapshot.columns.directory.get(self.index)?;
        self.snapshot.directories().get(index as usize)
    }

    /// When it was made, where the site tells. To the microsecond.
    pub fn created(self) -> Option<Timestamp> {
        self.snapshot.columns.created.get(self.index)
    }

    /// When it went from disabled to enabled, where the site's own records tell.
    pub fn reactivated(self) -> Option<Timestamp> {
        self.snapshot.columns.reactivated.get(self.index)
    }

    /// Whether it counts towards the licence.
    pub fn seat(self) -> Option<bool> {
        self.snapshot.columns.seat.get(self.index)
    }

    /// Whether the same name in an earlier directory hides it.
    pub fn shadowed(self) -> Option<bool> {
        self.snapshot.columns.shadowed.get(self.index)
    }

    /// How often it signed in.
    pub fn logins(self) -> Option<u32> {
        self.snapshot.columns.logins.get(self.index)
    }

    /// Cloud: `atlassian`, `app`, `customer`.
    pub fn account_type(self) -> Option<&'a str> {
        self.snapshot.columns.account_type.get(self.index)
    }

    /// Cloud: whether the organisation manages it.
    pub fn managed(self) -> Option<bool> {
        self.snapshot.columns.managed.get(self.index)
    }

    /// What each source that covers the account says; `None` = the source has no activity of it.
    pub fn evidence(self) -> impl Iterator<Item = (SourceIndex, &'a EvidenceSource, Option<Timestamp>)> {
        let columns = &self.snapshot.columns.evidence;
        self.snapshot.sources().iter().zip(columns).enumerate().filter_map(
            move |(index, (source, column))| match column.point(self.index) {
                crate::Point::Unknown => None,
                crate::Point::Silent => Some((index as SourceIndex, source, None)),
                crate::Point::At(at) => Some((index as SourceIndex, source, Some(at))),
            },
        )
    }

    /// When it was last active in this way; `None` = in any way. Bounded from above by trusted sources of that kind, for any kind by
    /// those of logins.
    pub fn last(self, kind: Option<EvidenceKind>) -> Activity {
        activity::last(self.snapshot.sources(), &self.snapshot.columns.evidence, kind, self.index)
    }
}
