//! A list as the API shows it.

use crate::extract::{Tag, Text};
use jiff::Timestamp;
use rollcall_engine::ListView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The list in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ListPath {
    /// Its name in `list = "…"`.
    #[param(value_type = String, min_length = 1, max_length = 100, example = "leavers-2026-11")]
    pub(crate) list: Text<1, 100>,
}

/// A list of sign-in names or addresses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    /// Its name in `list = "…"`.
    #[schema(example = "leavers-2026-11")]
    name: String,
    /// How many names and addresses are on it.
    entries: usize,
    /// Who changed it last.
    changed_by: String,
    /// When.
    changed_at: Timestamp,
}

impl List {
    /// From the engine.
    pub(crate) fn of(view: ListView) -> Self {
        Self {
            name: view.name,
            entries: view.entries,
            changed_by: view.changed_by,
            changed_at: view.changed_at,
        }
    }
}

/// The tag of a list.
pub(crate) fn tag(view: &ListView) -> Tag {
    Tag::of((&view.name, view.entries, &view.changed_by, view.changed_at))
}
