//! `PUT /lists/{list}`

use super::shape::{List, ListPath, tag};
use crate::auth::May;
use crate::extract::{Body, IfMatch, InPath, Tagged, Text, media_type, read_bytes};
use crate::problem::{Code, Part, Problem};
use crate::state::Api;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use http::header;
use rollcall_engine::{EngineError, Replaces, UseCase, list_entries_of_csv};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be on the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ListEntries, example = json!({ "entries": ["mira", "theo@example.org"] }))]
pub(crate) struct Entries {
    /// Sign-in names or addresses.
    entries: Vec<Text<1, 320>>,
}

/// The version that is to be replaced.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its documentation is read")]
pub(crate) struct ReplacedVersion {
    /// The `ETag` of the list that is replaced, or `*`; needed only where there is one of that name.
    #[param(rename = "If-Match", required = false)]
    if_match: String,
}

/// Keeps a list; one of that name is replaced. From JSON, or from CSV: the column headed `username` or `email` is read, else the first.
#[utoipa::path(put, path = "/lists/{list}", tag = "lists", params(ListPath, ReplacedVersion),
    request_body(content((Entries = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "The list as it is now.", body = List, headers(("etag" = String, description = "Its version.")))))]
pub(crate) async fn put_list(
    State(api): State<Api>,
    May(operator): May<{ UseCase::ChangeList as usize }>,
    InPath(path): InPath<ListPath>,
    request: Request,
) -> Result<Tagged<List>, Problem> {
    let (mut parts, body) = request.into_parts();
    let replaces = match api.engine().list(&operator, &path.list).await {
        Ok((there, _)) => {
            <IfMatch as FromRequestParts<()>>::from_request_parts(&mut parts, &())
                .await?
                .check(&tag(&there))?;
            Replaces::Only(there.changed_at)
        }
        Err(EngineError::NotFound { .. }) if parts.headers.contains_key(header::IF_MATCH) => {
            let words = "there is no list of that name any more; leave `If-Match` out to make one";
            return Err(Problem::at(Code::PreconditionFailed, Part::Header, "if-match", words));
        }
        Err(EngineError::NotFound { .. }) => Replaces::Nothing,
        Err(error) => return Err(error.into()),
    };
    let entries = read(Request::from_parts(parts, body)).await?;
    api.engine().set_list(&operator, &path.list, entries, replaces).await?;
    let (view, _) = api.engine().list(&operator, &path.list).await?;
    Ok(Tagged(tag(&view), List::of(view)))
}

async fn read(request: Request) -> Result<Vec<String>, Problem> {
    if media_type(request.headers(), &["application/json", "text/csv"])? != "text/csv" {
        let Body(body) = Body::<Entries>::from_request(request, &()).await?;
        if body.entries.is_empty() {
            return Err(Problem::body("/entries", "is empty; a list without entries is removed, not kept"));
        }
        return Ok(body.entries.into_iter().map(Text::into_inner).collect());
    }
    let bytes = read_bytes(request).await?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let words = format!("the CSV is not UTF-8, from byte {} on", error.valid_up_to());
        Problem::at(Code::Malformed, Part::Body, "", words)
    })?;
    let entries = list_entries_of_csv(text).map_err(|words| Problem::body("", words))?;
    if entries.is_empty() {
        return Err(Problem::body("", "there is no name or address in the CSV"));
    }
    Ok(entries)
}
