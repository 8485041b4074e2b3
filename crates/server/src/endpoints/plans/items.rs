//! `GET /plans/{id}/items`

use super::shape::{Line, PlanPath};
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::PlanTab;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = PlanTab)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tab {
    /// What will be done.
    #[default]
    Items,
    /// Who is left as is because an action cannot be done.
    Refused,
    /// Who is left as is because of a protection.
    Protected,
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// What will be done, or who is left as is.
    #[param(inline)]
    #[serde(default)]
    tab: Tab,
    /// Whose account's sign-in name, full name or address, or whose change, contains this.
    #[param(value_type = Option<String>, max_length = 200)]
    #[serde(default)]
    search: Option<Text<0, 200>>,
}

/// The lines of a plan: changes, refusals or protections, in the order of the plan.
#[utoipa::path(get, path = "/plans/{id}/items", tag = "plans", params(PlanPath, Params, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Line>)))]
pub(crate) async fn list_plan_items(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<PlanPath>,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Line>, Problem> {
    let tab = match params.tab {
        Tab::Items => PlanTab::Items,
        Tab::Refused => PlanTab::Refused,
        Tab::Protected => PlanTab::Protected,
    };
    // A plan never changes: a place in it is a number.
    let skip: u64 = paging.after()?.unwrap_or(0);
    let limit = paging.limit as usize;
    let found =
        api.engine().plan_lines(&operator, &path.id, tab, params.search.as_deref(), skip, limit).await?;
    let next = (found.more > 0).then(|| skip + found.lines.len() as u64);
    Ok(paging.page(found.lines.into_iter().map(Line::of).collect(), next, Some(found.total)))
}
