//! The audit log of the site itself (`confluence-data-center.md §4.9`).

use super::{AccountId, GroupId, State};

/// One event; the text is made when it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuditEvent {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) id: u32,
    pub(crate) kind: AuditKind,
    pub(crate) author: Author,
    pub(crate) account: AccountId,
    pub(crate) group: GroupId,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    System,
    Account(AccountId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuditKind {
    UserCreated,
    UserUpdated,
    UserDeactivated,
    UserReactivated,
    UserDeleted,
    AddedToGroup,
    RemovedFromGroup,
    GroupCreated,
    GroupDeleted,
    PasswordChanged,
    TokenCreated,
    TokenDeleted,
    Login,
    /// A row of a real installation: `account` is its number among those rows.
    Row,
}

impl State {
    /// Adds an event in its place in time; events of one instant stand in the order of their ids.
    pub(crate) fn record(
        &mut self,
        at: i64,
        kind: AuditKind,
        author: Author,
        account: AccountId,
        group: GroupId,
    ) {
        let id = self
            .audit
            .iter()
            .rev()
            .take(1)
            .map(|event| event.id)
            .max()
            .unwrap_or(0)
            .max(self.audit.len() as u32)
            + 1;
        let event = AuditEvent { at, id, kind, author, account, group };
        let place = self.audit.partition_point(|other| other.at <= at);
        self.audit.insert(place, event);
    }

    /// Orders and numbers a whole history at once.
    pub(crate) fn order_audit(&mut self) {
        self.audit.sort_by_key(|event| event.at);
        for (number, event) in self.audit.iter_mut().enumerate() {
            event.id = number as u32 + 1;
        }
    }
}
