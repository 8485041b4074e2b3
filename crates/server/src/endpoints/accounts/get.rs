//! `GET /sites/{site}/accounts/{key}`

use super::shape::AccountPath;
use crate::auth::SignedIn;
use crate::endpoints::audit::Entry;
use crate::extract::InPath;
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::{AccountDetail, EvidenceLine, ExemptionLine, GroupLine};
use rollcall_model::{SiteId, SiteName};
use rollcall_snapshot::ExemptSubject;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Everything that is known of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    /// What never changes about it.
    key: String,
    /// Its sign-in name.
    username: String,
    /// The snapshot it was read in.
    snapshot: String,
    /// When that was taken.
    snapshot_taken_at: Timestamp,
    /// Each field, named as in a criterion; values as in a listing.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    /// What each source of evidence says, also those that say nothing.
    evidence: Vec<Evidence>,
    /// Its groups, nested ones included.
    groups: Vec<Group>,
    /// Every way by which it comes by a seat: from a group that gives one down to a group it is a direct member of. To take the seat
    /// away, take the account out of the last group of every way.
    seat_paths: Vec<Vec<String>>,
    /// Exemptions about it, those that have ended included.
    exemptions: Vec<Exempt>,
    /// When Rollcall first saw it.
    first_seen: Option<Timestamp>,
    /// When it was last seen to go from disabled to enabled, or to come back.
    reactivated: Option<Timestamp>,
    /// What the audit log says of it, newest first.
    history: Vec<Entry>,
    /// There are older entries than these.
    has_older_history: bool,
}

/// What one source of evidence says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Evidence {
    /// The source.
    #[schema(example = "list-active")]
    source: String,
    /// What it observes: `login`, `contribution`, `use`.
    kind: &'static str,
    /// Whether it says anything of the account at all.
    is_covered: bool,
    /// When, if it saw anything.
    at: Option<Timestamp>,
    /// When the source was read.
    read_at: Timestamp,
    /// Why it must not be trusted now, where that is so.
    doubt: Option<String>,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Group {
    /// Its name.
    name: String,
    /// Whether the account is itself a member of it.
    is_direct: bool,
    /// Whether its members use a seat; `null` where the site does not say.
    gives_seat: Option<bool>,
    /// Whether its members administer the site; `null` where the site does not say.
    gives_admin: Option<bool>,
    /// The ways from this group down to a group that the account is a direct member of.
    paths: Vec<Vec<String>>,
}

/// An exemption.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Exempt {
    /// The group by which it is exempt; `null`: the account itself is.
    group: Option<String>,
    /// Why.
    reason: String,
    /// Until when; `null` = for good.
    until: Option<Timestamp>,
    /// Whether it is in force now.
    is_in_force: bool,
}

/// One account of the newest snapshot.
#[utoipa::path(get, path = "/sites/{site}/accounts/{key}", tag = "accounts", params(AccountPath),
    responses((status = 200, description = "The account.", body = Detail)))]
pub(crate) async fn get_account(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<AccountPath>,
) -> Result<Json<Detail>, Problem> {
    let detail = api.engine().account(&operator, &path.site, &path.key).await?;
    let names = api.engine().site_names(&operator).await?;
    Ok(Json(Detail::of(detail, &names)))
}

impl Detail {
    fn of(detail: AccountDetail, names: &BTreeMap<SiteId, SiteName>) -> Self {
        let field = |(field, value): (rollcall_criteria::Field, rollcall_criteria::Value)| {
            (field.name().to_owned(), serde_json::to_value(value).unwrap_or_default())
        };
        Self {
            key: detail.account.key.to_string(),
            username: detail.account.username,
            snapshot: detail.snapshot.to_string(),
            snapshot_taken_at: detail.snapshot_taken_at,
            fields: detail.fields.into_iter().map(field).collect(),
            evidence: detail.evidence.into_iter().map(Evidence::of).collect(),
            groups: detail.groups.into_iter().map(Group::of).collect(),
            seat_paths: detail.seat_paths,
            exemptions: detail.exemptions.into_iter().map(Exempt::of).collect(),
            first_seen: detail.first_seen,
            reactivated: detail.reactivated,
            history: detail.entries.into_iter().map(|entry| Entry::of(entry, names)).collect(),
            has_older_history: detail.has_older_entries,
        }
    }
}

impl Evidence {
    fn of(line: EvidenceLine) -> Self {
        Self {
            source: line.source,
            kind: line.kind.as_str(),
            is_covered: line.is_covered,
            at: line.at,
            read_at: line.read_at,
            doubt: line.doubt,
        }
    }
}

impl Group {
    fn of(line: GroupLine) -> Self {
        Self {
            name: line.name,
            is_direct: line.is_direct,
            gives_seat: line.gives_seat,
            gives_admin: line.gives_admin,
            paths: line.paths,
        }
    }
}

impl Exempt {
    fn of(line: ExemptionLine) -> Self {
        Self {
            group: match line.subject {
                ExemptSubject::Account(_) => None,
                ExemptSubject::Group(name) => Some(name.to_string()),
            },
            reason: line.reason,
            until: line.until,
            is_in_force: line.is_in_force,
        }
    }
}
