//! Pages (`confluence-data-center.md §2.1`): the envelope, the caps, the links, and the known faults.

use serde::Serialize;

use crate::call::Call;
use crate::faults::Fault;
use crate::http::Reply;

/// The envelope of every paged answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    results: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<usize>,
    start: usize,
    limit: usize,
    size: usize,
    #[serde(rename = "_links")]
    links: Links,
    #[serde(flatten)]
    extra: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    this: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    base: String,
    context: String,
}

/// Which rows are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// As echoed.
    start: usize,
    pub(super) limit: usize,
    /// First row that is really given; differs from `start` under a fault.
    pub(super) from: usize,
}

/// Reads `start` and `limit`. A larger limit than the cap is lowered and echoed.
pub(super) fn window(call: &Call<'_>, default_limit: u32) -> Result<Window, Reply> {
    let number = |name: &str| match call.request.param(name) {
        None | Some("") => Ok(None),
        Some(text) => text
            .parse::<usize>()
            .map(Some)
            .map_err(|_| Reply::error(400, &format!("{name} must be a non-negative number, not {text:?}"))),
    };
    let switches = call.switches();
    let asked = number("limit")?.unwrap_or(switches.default_limit.unwrap_or(default_limit) as usize);
    let limit = asked.min(switches.page_cap as usize);
    let start = number("start")?.unwrap_or(0);
    let ignored = call.conditions.faults.start_ignored || *call.fault == Fault::StartIgnored;
    let from = match call.fault {
        _ if ignored => 0,
        Fault::LoseRows { rows } => start + *rows as usize,
        Fault::RepeatRows { rows } => start.saturating_sub(*rows as usize),
        _ => start,
    };
    Ok(Window { start, limit, from })
}

/// A page of rows out of `total`; `row` makes one.
pub(super) fn page<T: Serialize>(
    call: &Call<'_>,
    window: Window,
    total: usize,
    row: impl FnMut(usize) -> T,
) -> Reply {
    page_with(call, window, total, row, serde_json::Map::new())
}

/// The same with further members of the envelope.
pub(super) fn page_with<T: Serialize>(
    call: &Call<'_>,
    window: Window,
    total: usize,
    row: impl FnMut(usize) -> T,
    extra: serde_json::Map<String, serde_json::Value>,
) -> Reply {
    let Window { start, limit, from } = window;
    let end = from.saturating_add(limit).min(total);
    let results: Vec<T> = (from.min(end)..end).map(row).collect();
    let more = start.saturating_add(limit) < total;
    let hidden = call.conditions.faults.next_missing || *call.fault == Fault::NoNext;
    let next = (more && !hidden).then(|| link(call, limit, start + limit));
    let prev = (start > 0 && limit > 0).then(|| link(call, limit, start.saturating_sub(limit)));
    let counts = call.switches().total_count.unwrap_or(call.core.version.counts_totals());
    let context = &call.core.options.context_path;
    let below = call.request.raw_path.strip_prefix(context.as_str()).unwrap_or_default();
    Reply::ok(&Page {
        size: results.len(),
        results,
        total_count: counts.then_some(total),
        start,
        limit,
        links: Links {
            this: format!("{}{below}", call.base()),
            next,
            prev,
            base: call.base().to_owned(),
            context: context.clone(),
        },
        extra,
    })
}

/// Relative to `_links.base`, the other parameters kept, as captured (§2.1).
fn link(call: &Call<'_>, limit: usize, start: usize) -> String {
    let context = call.core.options.context_path.as_str();
    let below = call.request.raw_path.strip_prefix(context).unwrap_or_default();
    let mut kept = String::new();
    for pair in call.request.raw_query.split('&').filter(|pair| !pair.is_empty()) {
        if !pair.starts_with("limit=") && !pair.starts_with("start=") {
            kept.push_str(pair);
            kept.push('&');
        }
    }
    format!("{below}?{kept}limit={limit}&start={start}")
}
