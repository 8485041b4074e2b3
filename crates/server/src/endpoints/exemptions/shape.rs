//! An exemption as the API shows it.

use crate::extract::Tag;
use jiff::Timestamp;
use rollcall_engine::ExemptionView;
use rollcall_snapshot::ExemptSubject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether an account or a group is exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ExemptKind)]
pub(crate) enum Kind {
    /// One account.
    Account,
    /// All members of a group, those of groups inside it included.
    Group,
}

/// Somebody whom nothing may touch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exemption {
    /// What is exempt.
    pub(crate) kind: Kind,
    /// The account's sign-in name in the newest snapshot, or the group's name.
    pub(crate) name: String,
    /// Why.
    reason: String,
    /// Until when; `null` = for good.
    until: Option<Timestamp>,
    /// Who added it.
    added_by: String,
    /// When.
    added_at: Timestamp,
    /// Its version, for `If-Match`.
    etag: String,
}

impl Exemption {
    pub(crate) fn of(view: ExemptionView) -> Self {
        let tag = tag(&view);
        Self {
            kind: kind(&view.subject),
            name: view.name,
            reason: view.reason,
            until: view.until,
            added_by: view.added_by,
            added_at: view.added_at,
            etag: tag.as_str().to_owned(),
        }
    }
}

pub(crate) fn kind(subject: &ExemptSubject) -> Kind {
    match subject {
        ExemptSubject::Account(_) => Kind::Account,
        ExemptSubject::Group(_) => Kind::Group,
    }
}

pub(crate) fn tag(view: &ExemptionView) -> Tag {
    Tag::of((&view.subject, &view.reason, view.until, view.added_at))
}
