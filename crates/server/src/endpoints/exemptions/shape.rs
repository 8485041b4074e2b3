//! An exemption as the API shows it.

use crate::extract::{Tag, Text};
use jiff::Timestamp;
use rollcall_engine::{ExemptName, ExemptionView};
use rollcall_model::SiteName;
use rollcall_snapshot::ExemptSubject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

impl Kind {
    /// Who has that name.
    pub(crate) fn named(self, name: &str) -> ExemptName<'_> {
        match self {
            Self::Account => ExemptName::Account(name),
            Self::Group => ExemptName::Group(name),
        }
    }
}

/// The exemption in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ExemptionPath {
    /// What the site is called here.
    #[param(value_type = String, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", example = "wiki")]
    pub(crate) site: SiteName,
    /// An account or a group.
    kind: Kind,
    /// The account's sign-in name, or the group's name.
    #[param(value_type = String, min_length = 1, max_length = 255)]
    name: Text<1, 255>,
}

impl ExemptionPath {
    /// Of whom it is.
    pub(crate) fn who(&self) -> ExemptName<'_> {
        self.kind.named(&self.name)
    }
}

/// Somebody whom nothing may touch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exemption {
    /// What is exempt.
    pub(crate) kind: Kind,
    /// The account's sign-in name in the newest snapshot (of one that is gone, the name it had), or the group's name.
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

fn kind(subject: &ExemptSubject) -> Kind {
    match subject {
        ExemptSubject::Account(_) => Kind::Account,
        ExemptSubject::Group(_) => Kind::Group,
    }
}

pub(crate) fn tag(view: &ExemptionView) -> Tag {
    Tag::of((&view.subject, &view.reason, view.until, view.added_at))
}
