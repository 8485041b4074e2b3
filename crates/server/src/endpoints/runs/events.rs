//! `GET /runs/{id}/events`

use super::shape::{Counts, RunPath, is_over};
use crate::auth::SignedIn;
use crate::doorkeeper::Recognised;
use crate::extract::{InPath, Query};
use crate::problem::Problem;
use crate::state::Api;
use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use rollcall_engine::{AuditEntry, RunFollower, RunMoment};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::IntoParams;

const LAST_EVENT_ID: &str = "last-event-id";
/// A comment so often keeps a silent connection alive, whatever stands between.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Behind the event of this id; what a browser sends as `Last-Event-ID` goes first.
    #[serde(default)]
    after: Option<u64>,
}

/// What a browser sends that was cut off.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its documentation is read; the header itself is read by `last_seen`")]
pub(crate) struct LastEvent {
    /// The id of the last event that was seen.
    #[param(rename = "last-event-id", required = false)]
    id: u64,
}

/// How a run stands.
#[derive(Serialize)]
struct Standing {
    state: &'static str,
    counts: Counts,
}

/// What happens to a run, as server-sent events, from its beginning or from behind `Last-Event-ID`, to its end.
///
/// The id of an event is the number of its audit entry, so that whoever is cut off goes on without loss, at any server of the installation. Events:
/// `intent` and `outcome` of an item (`seq`, `item`, `account`, `change`, and of an outcome `outcome`, `code`, `reason`), `run` for what concerns all of it
/// (`kind`, `why`), each with `at`; `standing` without id (`state`, `counts`) now and then; `end` at the end, with the same. Who asks again behind the last event
/// of a run that is over gets 204. The stream ends early where the session or token that it was asked for with is good no more.
#[utoipa::path(get, path = "/runs/{id}/events", tag = "runs",
    params(RunPath, Params, LastEvent),
    responses((status = 200, description = "The events.", content((Object = "text/event-stream"))),
        (status = 204, description = "The run is over, and all of it was seen.")))]
pub(crate) async fn run_events(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<RunPath>,
    Query(params): Query<Params>,
    recognised: Option<Extension<Recognised>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = last_seen(&headers)?;
    let mut follower =
        api.engine().follow_run(&operator, &path.id, last.or(params.after).unwrap_or(0)).await?;
    let mut first = Vec::new();
    if let Some(moment) = follower.next().await {
        first.push(moment?);
    }
    if last.is_some() && first.first().is_some_and(|moment| is_over(moment.state)) {
        match follower.next().await {
            Some(Ok(moment)) if moment.is_over => return Ok(StatusCode::NO_CONTENT.into_response()),
            Some(moment) => first.push(moment?),
            None => return Ok(StatusCode::NO_CONTENT.into_response()),
        }
    }
    let watcher = recognised.map(|Extension(recognised)| recognised);
    let events =
        events(api.clone(), watcher, follower, &first).take_until(api.closing().clone().cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("")).into_response())
}

fn last_seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(given) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let number = given.to_str().ok().map(str::trim).filter(|text| !text.is_empty());
    let number = number.and_then(|text| text.parse().ok());
    number
        .map(Some)
        .ok_or_else(|| Problem::header(LAST_EVENT_ID, "expected the id of an event, a whole number"))
}

fn events(
    api: Api,
    watcher: Option<Recognised>,
    follower: RunFollower,
    first: &[RunMoment],
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let waiting: VecDeque<Event> = first.iter().flat_map(told).collect();
    let state = (api, watcher, follower, waiting);
    futures::stream::unfold(state, |(api, watcher, mut follower, mut waiting)| async move {
        loop {
            if let Some(event) = waiting.pop_front() {
                return Some((Ok(event), (api, watcher, follower, waiting)));
            }
            // Where nothing happens it is asked all the same whether they may still see it.
            let moment = tokio::time::timeout(HEARTBEAT, follower.next()).await;
            let may_see = match &watcher {
                Some(Recognised(who)) => api.engine().is_still_signed_in(who).await,
                None => Ok(true),
            };
            match (moment, may_see) {
                (_, Ok(false)) | (Ok(None), _) => return None,
                (Ok(Some(Ok(moment))), Ok(true)) => waiting.extend(told(&moment)),
                (Err(_), Ok(true)) => {}
                (Ok(Some(Err(error))), _) | (_, Err(error)) => {
                    // The connection ends here, and whoever comes back goes on behind the last event.
                    tracing::warn!("events of a run end before its end: {error}");
                    return None;
                }
            }
        }
    })
    .fuse()
}

/// A moment as events: its entries, then how the run stands.
fn told(moment: &RunMoment) -> Vec<Event> {
    let mut events: Vec<Event> = moment.entries.iter().map(|entry| of_entry(entry)).collect();
    let name = if moment.is_over { "end" } else { "standing" };
    events.push(event(name, &Standing { state: moment.state, counts: moment.counts.into() }));
    events
}

fn of_entry(entry: &AuditEntry) -> Event {
    let (name, data) = match entry.kind.as_str() {
        "run.item.intent" => (
            "intent",
            json!({
                "seq": entry.seq, "at": entry.at, "item": entry.subject.item, "account": entry.subject.account,
                "change": entry.details["change"],
            }),
        ),
        "run.item.outcome" => (
            "outcome",
            json!({
                "seq": entry.seq, "at": entry.at, "item": entry.subject.item, "account": entry.subject.account,
                "change": entry.details["change"], "outcome": entry.details["outcome"], "code": entry.details["code"],
                "reason": Some(entry.why.as_str()).filter(|why| !why.is_empty()),
            }),
        ),
        kind => (
            "run",
            json!({ "seq": entry.seq, "at": entry.at, "kind": kind, "actor": entry.actor, "why": entry.why }),
        ),
    };
    event(name, &data).id(entry.seq.to_string())
}

fn event(name: &str, data: &impl Serialize) -> Event {
    // JSON is one line, whatever names stand in it.
    Event::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}
