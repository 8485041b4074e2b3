//! The way of a request: journal, latency, faults before, the answer, faults after.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Limited};
use hyper::Response;
use hyper::body::{Bytes, Incoming};

use crate::auth::{Identity, signed_in};
use crate::call::{Call, Conditions};
use crate::faults::{Fault, is_write};
use crate::http::{Cut, Kind, Reply, Request, Wire, cut_body, wire};
use crate::site::Core;
use crate::switches::EncodedSlash;
use crate::{limits, routes};

/// Largest body that is read.
const BODY_LIMIT: usize = 1 << 20;

/// Answers one request, or ends the connection.
pub(crate) async fn serve(
    core: Arc<Core>,
    incoming: hyper::Request<Incoming>,
) -> Result<Response<Wire>, Cut> {
    let (parts, body) = incoming.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let request = Request::new(&parts, body, &core.options.context_path);
    let seq = core.journal.arrive(core.clock.now(), &request.method, &request.raw_path, &request.raw_query);
    let (conditions, fault) = struck(&core, &request).await;
    if let Fault::Delay { ms } = fault {
        pause(ms).await;
    }
    let reply = match before(&core, &conditions, &fault) {
        Some(instead) => {
            if let Some(name) = Core::peek(&request, &core.state()) {
                core.journal.identify(seq, &name);
            }
            instead?
        }
        None => core.answer(&request, &conditions, &fault, seq),
    };
    after(&core, fault, reply, seq, &request).await
}

/// The fault that strikes a request and the conditions in which it is served. One that is held waits here.
async fn struck(core: &Core, request: &Request) -> (Arc<Conditions>, Fault) {
    let mut changing = core.changing_conditions();
    loop {
        let conditions = Arc::clone(&changing.borrow_and_update());
        pause(core.lateness(&conditions.faults)).await;
        let fault = conditions.rules.strike(&request.method, &request.path_and_query());
        // The conditions are the core's: they change or the request goes with it.
        if fault != Fault::Hold || changing.changed().await.is_err() {
            return (conditions, fault);
        }
    }
}

async fn pause(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

/// What a fault answers instead of the site, without any effect.
fn before(core: &Core, conditions: &Conditions, fault: &Fault) -> Option<Result<Reply, Cut>> {
    let reply = match fault {
        Fault::CutBefore => return Some(Err(Cut)),
        Fault::Status { status, retry_after } => {
            let reply = if *status >= 500 {
                Reply::html(*status, "Service trouble")
            } else {
                Reply::error(*status, "Refused by a fault")
            };
            match retry_after {
                Some(seconds) => reply.with("Retry-After", seconds.to_string()),
                None => reply,
            }
        }
        Fault::Html => Reply::html(200, "Maintenance"),
        Fault::WrongJson => Reply::ok(&serde_json::json!({"unexpected": [1, 2, 3]})),
        Fault::LoginRedirect => {
            Reply::empty(302).with("Location", format!("{}/login.action?os_destination=%2F", core.base_url))
        }
        Fault::TooMany { retry_after: Some(seconds) } => {
            limits::too_many().with("Retry-After", seconds.to_string())
        }
        Fault::TooMany { retry_after: None } => limits::too_many(),
        Fault::Captcha => core.captcha(conditions),
        Fault::Unauthorised => core.unauthorised(Some("AUTHENTICATED_FAILED")),
        Fault::Ignored => Reply::empty(204),
        _ => return None,
    };
    Some(Ok(reply))
}

/// What a fault does to the answer once the effect has taken place.
async fn after(
    core: &Core,
    fault: Fault,
    mut reply: Reply,
    seq: u64,
    request: &Request,
) -> Result<Response<Wire>, Cut> {
    match fault {
        Fault::CutAfter => return Err(Cut),
        Fault::CutBody => {
            core.journal.answered(seq, reply.status);
            return Ok(cut_body(core.dated(reply)));
        }
        Fault::DelayAfter { ms } => pause(ms).await,
        Fault::StatusAfter { status } => reply = Reply::html(status, "Service trouble"),
        Fault::Truncated if reply.kind == Kind::Json => reply.body.truncate(reply.body.len() / 2),
        _ => {}
    }
    core.journal.answered(seq, reply.status);
    if request.method == "HEAD" {
        reply.body.clear();
    }
    Ok(wire(core.dated(reply)))
}

impl Core {
    /// With the time of the simulated world in `Date`, as every server with a clock gives it (RFC 9110 §6.6.1).
    fn dated(&self, reply: Reply) -> Reply {
        let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
        match printer.timestamp_to_rfc9110_string(&self.clock.now()) {
            Ok(date) => reply.with("Date", date),
            Err(_) => reply,
        }
    }

    /// The site's own answer. Everything in here happens at one instant: the state is locked.
    fn answer(&self, request: &Request, conditions: &Conditions, fault: &Fault, seq: u64) -> Reply {
        if let Some(refusal) = self.refuse_early(request, conditions) {
            return refusal;
        }
        let now = self.clock.now().as_millisecond();
        let mut state = self.state();
        let caller = match self.authenticate(request, conditions, &mut state, now) {
            Identity::Known(account) => Some(account),
            Identity::Anonymous => None,
            Identity::Refused(reply) => {
                if let Some(name) = Self::peek(request, &state) {
                    self.journal.identify(seq, &name);
                }
                return reply;
            }
        };
        let name = caller.map(|caller| state.account(caller).name.to_string());
        if let Some(name) = &name {
            self.journal.identify(seq, name);
            if conditions.faults.blocked_accounts.contains(name) {
                return signed_in(limits::blocked(), name);
            }
        }
        let verdict = match (caller, conditions.faults.rate_limit) {
            (Some(caller), Some(limit)) => Some(self.buckets.take(caller, limit, Instant::now())),
            _ => None,
        };
        let reply = if verdict.is_some_and(|verdict| !verdict.allowed) {
            limits::too_many()
        } else {
            let mut call = Call { core: self, request, state: &mut state, conditions, caller, fault, now };
            let reply = routes::answer(&mut call);
            self.journal.took_effect(seq, reply.effect);
            reply
        };
        let reply = match verdict {
            Some(verdict) => {
                verdict.headers().into_iter().fold(reply, |reply, (name, value)| reply.with(name, value))
            }
            None => reply,
        };
        match name {
            Some(name) => signed_in(reply, &name),
            None => reply,
        }
    }

    /// What the servlet container and its filters refuse before anyone asks who is there.
    fn refuse_early(&self, request: &Request, conditions: &Conditions) -> Option<Reply> {
        let path = request.raw_path.to_ascii_lowercase();
        if path.contains("%2f") || path.contains("%5c") {
            return Some(match conditions.switches.encoded_slash {
                EncodedSlash::Status400 => Reply::html(400, "HTTP Status 400 – Bad Request"),
                EncodedSlash::Status404 => Reply::html(404, "HTTP Status 404 – Not Found"),
            });
        }
        let context = &self.options.context_path;
        let below = request.raw_path.strip_prefix(context.as_str());
        if below.is_none_or(|below| !below.is_empty() && !below.starts_with('/')) {
            return Some(Reply::html(404, "HTTP Status 404 – Not Found"));
        }
        // o014: before authentication, and no header helps.
        let browser = request.header("user-agent").is_some_and(|agent| agent.starts_with("Mozilla"));
        if browser && request.method == "POST" && conditions.switches.xsrf_browser_check {
            return Some(Reply::html(403, "XSRF check failed"));
        }
        let in_rest = request.segments.first().is_some_and(|first| first == "rest");
        if conditions.faults.read_only_mode && is_write(&request.method) && in_rest {
            let status = conditions.switches.read_only_status;
            return Some(Reply::error(status, "Confluence is in read-only mode"));
        }
        None
    }
}
