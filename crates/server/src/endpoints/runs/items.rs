//! `GET /runs/{id}/items`

use super::shape::{Item, RunPath};
use crate::auth::SignedIn;
use crate::extract::{InPath, Page, Paged, PagingParams, Text};
use crate::problem::Problem;
use crate::state::Api;
use axum::extract::State;
use rollcall_engine::RunItemQuery;
use rollcall_model::ItemState;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// In one of these states, separated by commas.
    #[param(value_type = Option<String>, max_length = 200, example = "failed,unknown",
        pattern = "^(pending|started|done|already|drifted|refused|failed|unknown|stopped)(,(pending|started|done|already|drifted|refused|failed|unknown|stopped))*$")]
    #[serde(default)]
    outcome: Option<Text<0, 200>>,
    /// Of this account, by key.
    #[param(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    account: Option<Text<0, 255>>,
    /// Whose account's sign-in name, full name or address, or whose change, contains this.
    #[param(value_type = Option<String>, max_length = 200)]
    #[serde(default)]
    search: Option<Text<0, 200>>,
}

/// The items of a run, in the order of the plan.
#[utoipa::path(get, path = "/runs/{id}/items", tag = "runs", params(RunPath, Params, PagingParams),
    responses((status = 200, description = "A page of them.", body = Page<Item>)))]
pub(crate) async fn list_run_items(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<RunPath>,
    Paged(params, paging): Paged<Params>,
) -> Result<Page<Item>, Problem> {
    let query = RunItemQuery {
        states: states(params.outcome.as_deref())?,
        account: params.account.map(|text| text.into_inner().into()),
        text: params.search.map(Text::into_inner),
        after: paging.after()?,
    };
    let page = api.engine().run_items(&operator, &path.id, &query, paging.limit as usize).await?;
    Ok(paging.page(page.items.into_iter().map(Item::of).collect(), page.next, page.total))
}

fn states(given: Option<&str>) -> Result<Vec<ItemState>, Problem> {
    let known = || ItemState::ALL.map(ItemState::as_str).join(", ");
    let words = given.into_iter().flat_map(|given| given.split(',')).map(str::trim);
    words
        .map(|word| {
            ItemState::from_name(word)
                .ok_or_else(|| Problem::query("outcome", format!("expected some of {}", known())))
        })
        .collect()
}
