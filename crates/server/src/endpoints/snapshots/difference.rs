//! `GET /snapshots/{id}/difference`

use super::get::SnapshotPath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paged, PagingParams};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_model::{AccountRef, SnapshotId};
use rollcall_snapshot::Difference;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What it is compared with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Another snapshot of the same site. The older of the two is the one before, whichever is named where.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    with: SnapshotId,
}

/// One thing that is different.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SnapshotLine)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// What became of it.
    kind: Kind,
    /// The account's sign-in name.
    account: Option<String>,
    /// The account's key.
    key: Option<String>,
    /// The group.
    group: Option<String>,
    /// The field, named as in criteria.
    field: Option<String>,
    /// Before; `null` = not known.
    before: Option<String>,
    /// After; `null` = not known.
    after: Option<String>,
}

/// What became of an account, a group or a membership.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = SnapshotLineKind)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// An account that was not there.
    AccountAdded,
    /// An account that is gone.
    AccountRemoved,
    /// A field of an account.
    AccountChanged,
    /// A group that was not there.
    GroupAdded,
    /// A group that is gone.
    GroupRemoved,
    /// An account that became a direct member of a group.
    MemberAdded,
    /// An account that is no direct member of a group any more.
    MemberRemoved,
}

/// What changed between two snapshots of a site: accounts, their fields, groups, direct members.
#[utoipa::path(get, path = "/snapshots/{id}/difference", tag = "snapshots", params(SnapshotPath, Params, PagingParams), responses(
    (status = 200, description = "A page of what changed; `total` counts all of it.", body = Page<Line>),
    (status = 409, description = "They are of two sites.", content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn snapshot_difference(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SnapshotPath>,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Line>, Problem> {
    let found = api.engine().snapshot_difference(&operator, &path.id, &params.with).await?;
    let numbered: Vec<(usize, Line)> = lines(&found.difference).into_iter().enumerate().collect();
    Ok(paging.cut(numbered, |(number, _)| *number)?.map(|(_, line)| line))
}

fn lines(difference: &Difference) -> Vec<Line> {
    let of = |kind| move |account: &AccountRef| Line::about(kind, account);
    let mut lines: Vec<Line> = difference.added.iter().map(of(Kind::AccountAdded)).collect();
    lines.extend(difference.removed.iter().map(of(Kind::AccountRemoved)));
    lines.extend(difference.changed.iter().map(|change| Line {
        field: Some(change.field.clone()),
        before: change.before.clone(),
        after: change.after.clone(),
        ..Line::about(Kind::AccountChanged, &change.account)
    }));
    let group = |kind, name: &str| Line { group: Some(name.to_owned()), ..Line::of(kind) };
    lines.extend(difference.groups_added.iter().map(|name| group(Kind::GroupAdded, name.as_str())));
    lines.extend(difference.groups_removed.iter().map(|name| group(Kind::GroupRemoved, name.as_str())));
    for membership in &difference.memberships {
        let named = Some(membership.group.to_string());
        let member = |kind| {
            let named = named.clone();
            move |account: &AccountRef| Line { group: named.clone(), ..Line::about(kind, account) }
        };
        lines.extend(membership.added.iter().map(member(Kind::MemberAdded)));
        lines.extend(membership.removed.iter().map(member(Kind::MemberRemoved)));
    }
    lines
}

impl Line {
    fn of(kind: Kind) -> Self {
        Self { kind, account: None, key: None, group: None, field: None, before: None, after: None }
    }

    fn about(kind: Kind, account: &AccountRef) -> Self {
        Self { account: Some(account.username.clone()), key: Some(account.key.to_string()), ..Self::of(kind) }
    }
}
