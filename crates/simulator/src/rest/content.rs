//! One piece of content by its id (o025).

use super::Answer;
use super::search::content_object;
use crate::call::Call;
use crate::http::Reply;

/// Ids of content begin here.
pub(super) const FIRST_ID: usize = 98_304;

/// `GET /rest/api/content/{id}`.
pub(crate) fn one(call: &mut Call<'_>, id: &str) -> Answer {
    let missing = || {
        Reply::error(
            404,
            &format!("No parent or not permitted to view content with id : ContentId{{id={id}}}"),
        )
    };
    call.require_viewer().map_err(|_| missing())?;
    let number = id.parse::<usize>().ok().and_then(|id| id.checked_sub(FIRST_ID)).ok_or_else(missing)?;
    call.state.library.items.get(number).ok_or_else(missing)?;
    Ok(Reply::ok(&content_object(call, number)))
}
