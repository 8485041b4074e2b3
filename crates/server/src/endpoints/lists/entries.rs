//! `GET /lists/{list}/entries`

use super::shape::ListPath;
use crate::auth::SignedIn;
use crate::extract::{InPath, ListForm, Page, Paging, PagingParams};
use crate::problem::Problem;
use crate::rows;
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use rollcall_report::{Cell, Column, ColumnKind};

/// What is on a list: in pages as JSON, or all of it as CSV or as an object in each line.
#[utoipa::path(get, path = "/lists/{list}/entries", tag = "lists", params(ListPath, PagingParams), responses(
    (status = 200, description = "The names and addresses.",
        content((Page<String> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson")))))]
pub(crate) async fn list_entries(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<ListPath>,
    form: ListForm,
    paging: Paging,
) -> Result<Response, Problem> {
    let (_, mut entries) = api.engine().list(&operator, &path.list).await?;
    entries.sort_unstable();
    if form == ListForm::Pages {
        let page: Page<String> = paging.cut(entries, Clone::clone)?;
        return Ok(page.into_response());
    }
    let columns = vec![Column::new("entry", ColumnKind::Text)];
    Ok(rows::whole(form, columns, entries.into_iter().map(|entry| vec![Cell::Text(entry)]).collect()))
}
