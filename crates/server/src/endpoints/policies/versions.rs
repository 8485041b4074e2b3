//! `GET /policies/{name}/versions` and what differs between two of them.

use super::shape::PolicyPath;
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paging, PagingParams, Query, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use rollcall_engine::{LineMark, PolicyVersionView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A version of a policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyVersion)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Past {
    /// The hash of its content.
    version: String,
    /// The policy as it was.
    #[schema(value_type = Object)]
    policy: Value,
    /// When it was first loaded.
    loaded_at: Timestamp,
    /// By whom.
    loaded_by: String,
    /// When a test run of it was completed.
    tested_at: Option<Timestamp>,
    /// Whether it is the one in use.
    is_current: bool,
}

/// Which two versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The version before, or the beginning of its hash.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    from: Text<1, 64>,
    /// The version after, or the beginning of its hash.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    to: Text<1, 64>,
}

/// What differs between two versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyDifference)]
pub(crate) struct Difference {
    /// The fields that differ.
    fields: Vec<Field>,
    /// Both as one text, in the form of a policy file.
    lines: Vec<Line>,
}

/// A field that differs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyFieldChange)]
struct Field {
    /// The way to it.
    #[schema(example = "limits.percent")]
    path: String,
    /// Its value before; `null` = it was not there.
    #[schema(value_type = Object)]
    before: Option<Value>,
    /// Its value now; `null` = it is not there.
    #[schema(value_type = Object)]
    after: Option<Value>,
}

/// A line of either text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyLine)]
struct Line {
    /// ` ` in both, `-` only before, `+` only now.
    mark: &'static str,
    /// The line.
    text: String,
}

/// Every version of a policy, newest first.
#[utoipa::path(get, path = "/policies/{name}/versions", tag = "policies", params(PolicyPath, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Past>)))]
pub(crate) async fn list_policy_versions(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PolicyPath>,
    paging: Paging,
) -> Result<Page<Past>, Problem> {
    let versions = api.engine().policy_versions(&operator, &path.name).await?;
    let newest_first =
        |version: &PolicyVersionView| (std::cmp::Reverse(version.loaded_at), version.version.clone());
    Ok(paging.cut(versions, newest_first)?.map(Past::of))
}

/// What differs between two versions of a policy.
#[utoipa::path(get, path = "/policies/{name}/versions/difference", tag = "policies", params(PolicyPath, Params),
    responses((status = 200, description = "What differs.", body = Difference)))]
pub(crate) async fn compare_policy_versions(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PolicyPath>,
    Query(params): Query<Params>,
) -> Result<Json<Difference>, Problem> {
    let found = api.engine().policy_difference(&operator, &path.name, &params.from, &params.to).await?;
    let fields = found.fields.into_iter();
    let mark = |mark| match mark {
        LineMark::Same => " ",
        LineMark::Removed => "-",
        LineMark::Added => "+",
    };
    Ok(Json(Difference {
        fields: fields.map(|f| Field { path: f.path, before: f.before, after: f.after }).collect(),
        lines: found.lines.into_iter().map(|line| Line { mark: mark(line.mark), text: line.text }).collect(),
    }))
}

impl Past {
    fn of(view: PolicyVersionView) -> Self {
        Self {
            version: view.version,
            policy: serde_json::to_value(&view.policy).unwrap_or_default(),
            loaded_at: view.loaded_at,
            loaded_by: view.loaded_by,
            tested_at: view.tested_at,
            is_current: view.is_current,
        }
    }
}
