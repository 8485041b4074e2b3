//! `GET /sites/{site}/accounts`

use super::shape::{AccountRow, fields_named, order_named};
use crate::auth::SignedIn;
use crate::endpoints::sites::SitePath;
use crate::extract::{InPath, ListForm, Paged, Paging, PagingParams, Text};
use crate::problem::{Part, Problem};
use crate::rows::{PIECE, streamed};
use crate::state::Api;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rollcall_criteria::Field;
use rollcall_engine::{AccountPage, AccountPlace, AccountQuery, AccountStart, cell_of, column_of};
use rollcall_model::SnapshotId;
use rollcall_report::{Cell, Column, ColumnKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Who, as a criterion; everybody without.
    #[param(value_type = Option<String>, max_length = 20_000, example = "status = enabled AND idle >= 90d")]
    #[serde(default)]
    criterion: Option<Text<0, 20_000>>,
    /// Only those whose sign-in name, full name or address contains this.
    #[param(value_type = Option<String>, max_length = 200)]
    #[serde(default)]
    search: Option<Text<0, 200>>,
    /// Fields to sort by, separated by commas; `-` in front for downwards. Without: as the criterion says, else in the order of the site.
    #[param(value_type = Option<String>, max_length = 500, example = "-idle,username")]
    #[serde(default)]
    sort: Option<Text<0, 500>>,
    /// Fields to show, separated by commas.
    #[param(value_type = Option<String>, max_length = 500, example = "username,lastActive,seatVia")]
    #[serde(default)]
    fields: Option<Text<0, 500>>,
    /// On this snapshot; without: on the newest.
    #[param(value_type = Option<String>, max_length = 64)]
    #[serde(default)]
    snapshot: Option<Text<0, 64>>,
    /// Leave out so many accounts at the beginning of the first page.
    #[param(minimum = 0)]
    #[serde(default)]
    offset: Option<u32>,
}

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accounts {
    /// What is on it.
    items: Vec<AccountRow>,
    /// The cursor of the next page; `null` on the last. All pages of one walk are of one snapshot and one instant.
    next: Option<String>,
    /// How many accounts are selected.
    total: u64,
    /// How many more cannot be decided, because something about them is not known; they are never selected.
    unknown: u64,
    /// The snapshot it is of.
    #[schema(value_type = String)]
    snapshot: SnapshotId,
    /// When that was taken.
    snapshot_taken_at: Timestamp,
}

/// Accounts of a site: those a criterion selects, in any order, in pages or all of them as a stream.
#[utoipa::path(get, path = "/sites/{site}/accounts", tag = "accounts", params(SitePath, Params, PagingParams),
    responses((status = 200, description = "A page of them; as CSV or one object in each line, all of them.",
        content((Accounts = "application/json"), (String = "text/csv"), (String = "application/x-ndjson")))))]
pub(crate) async fn list_accounts(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<SitePath>,
    form: ListForm,
    Paged(params, paging): Paged<Params>,
) -> Result<Response, Problem> {
    let fields = fields_named(params.fields.as_deref())?;
    let query = AccountQuery {
        criterion: params.criterion.map(Text::into_inner).filter(|text| !text.trim().is_empty()),
        search: params.search.map(Text::into_inner),
        sort: order_named(params.sort.as_deref())?,
        snapshot: params.snapshot.map(|text| text.into_inner().into()),
    };
    let placed = |problem: Problem| problem.found_in(Part::Query, "criterion");
    if form != ListForm::Pages {
        let all =
            api.engine().all_accounts(&operator, &path.site, &query).await.map_err(|e| placed(e.into()))?;
        return Ok(everything(form, all, fields));
    }
    let start = start(&paging, params.offset)?;
    let limit = paging.limit as usize;
    let page = api
        .engine()
        .accounts(&operator, &path.site, &query, &start, limit)
        .await
        .map_err(|e| placed(e.into()))?;
    let next = page.next.clone();
    let items = page.rows().iter().map(|row| AccountRow::of(&page, *row, &fields)).collect();
    let cut = paging.page(items, next, Some(page.total));
    Ok(Json(Accounts {
        items: cut.items,
        next: cut.next,
        total: page.total,
        unknown: page.unknown,
        snapshot: page.snapshot().id().clone(),
        snapshot_taken_at: page.snapshot().taken_at(),
    })
    .into_response())
}

fn start(paging: &Paging, offset: Option<u32>) -> Result<AccountStart, Problem> {
    Ok(match (paging.after::<AccountPlace>()?, offset) {
        // An offset is honoured on the first page, and part of the query the cursor is bound to.
        (Some(place), _) => AccountStart::After(place),
        (None, Some(offset)) => AccountStart::Offset(offset),
        (None, None) => AccountStart::First,
    })
}

/// Every account, some hundred at a time.
fn everything(form: ListForm, all: AccountPage, fields: Vec<Field>) -> Response {
    let key = Column::new("key", ColumnKind::Code);
    let columns = std::iter::once(key).chain(fields.iter().map(|field| column_of(*field))).collect();
    let batches = futures::stream::unfold((all, fields, 0), |(all, fields, from)| async move {
        let rows = all.rows().get(from..)?;
        let some = &rows[..rows.len().min(PIECE)];
        if some.is_empty() {
            return None;
        }
        let row = |row: &u32| -> Vec<Cell> {
            let key = Cell::Text(all.account(*row).key().to_string());
            std::iter::once(key).chain(fields.iter().map(|field| cell_of(all.value(*row, *field)))).collect()
        };
        let batch: Vec<Vec<Cell>> = some.iter().map(row).collect();
        let next = from + batch.len();
        // Others have their turn between two pieces.
        tokio::task::yield_now().await;
        Some((Ok(batch), (all, fields, next)))
    });
    streamed(form, columns, batches)
}
