//! One way to ask a site, for every product: credentials, pacing, retry, and what an answer means.
//!
//! Reads are repeated where that is safe; a write is sent once, and again only after a 429, which is a definite "not done".
//! The first refusal of the credentials closes the transport for good (I9), and so does a block (I10); until they were accepted once, one
//! request at a time shows them.

mod address;
mod answer;
mod client;
mod counts;
mod date;
mod guard;
mod introduction;
mod latch;
mod pace;
mod retry;
mod trace;
mod trouble;

pub(crate) use address::{Address, fits_in_a_path};
pub(crate) use answer::Answer;
pub use counts::RequestCounts;
pub(crate) use trace::traced;

use answer::Limits;
use counts::Counts;
use introduction::Introduction;
use latch::Latch;
use pace::Pace;
use reqwest::Method;
use retry::{Attempts, Next};
use rollcall_site::{Connection, Request, SiteError};
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use trouble::Trouble;
use url::Url;

/// How often a read whose JSON was cut is asked again.
const CUT_JSON_REREADS: u32 = 4;

/// A connection to one site.
pub(crate) struct Transport {
    client: reqwest::Client,
    base: Url,
    authorization: reqwest::header::HeaderValue,
    signs_in_with_token: bool,
    slots: Semaphore,
    concurrency: usize,
    pace: Pace,
    latch: Latch,
    introduction: Introduction,
    counts: Counts,
    clock: date::ServerClock,
    /// Something answered at this address once: a refused connection is then a restart, worth waiting for.
    has_answered: AtomicBool,
}

impl Transport {
    /// Prepares the connection. Nothing is sent.
    pub(crate) fn open(connection: &Connection) -> Result<Self, SiteError> {
        let base = client::site_address(&connection.url)?;
        guard::check(&base, &connection.addresses)?;
        let pacing = connection.settings.pacing;
        let concurrency = usize::from(pacing.concurrency.max(1));
        Ok(Self {
            client: client::build(connection, &base, concurrency)?,
            authorization: client::authorization(&connection.credentials)?,
            signs_in_with_token: matches!(connection.credentials, rollcall_site::Credentials::Token(_)),
            base,
            slots: Semaphore::new(concurrency),
            concurrency,
            pace: Pace::new(pacing.per_second),
            latch: Latch::default(),
            introduction: Introduction::default(),
            counts: Counts::default(),
            clock: date::ServerClock::default(),
            has_answered: AtomicBool::new(false),
        })
    }

    /// The site's address, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Requests that may be under way at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// What was sent so far.
    pub(crate) fn counts(&self) -> RequestCounts {
        self.counts.now()
    }

    /// What the site's clock says now, by its last answer.
    pub(crate) fn server_time(&self) -> Option<jiff::Timestamp> {
        self.clock.now()
    }

    /// Closes the transport for good: every further request is refused here, with this error.
    pub(crate) fn close(&self, error: SiteError) -> SiteError {
        self.latch.close(error)
    }

    /// Whether the credentials are a token; decides what an administrator is told to renew.
    pub(crate) fn signs_in_with_token(&self) -> bool {
        self.signs_in_with_token
    }

    /// Reads. Answers of every status that a caller may have a use for come back as they are.
    pub(crate) async fn get(&self, address: &Address) -> Result<Answer, SiteError> {
        self.send(Method::GET, address, None, true).await
    }

    /// Reads without showing the credentials, so that an address which is not the site it should be never gets to see them. The
    /// answer comes back whatever it is: also a redirect, also a web page.
    pub(crate) async fn get_as_a_stranger(&self, address: &Address) -> Result<Answer, SiteError> {
        self.send(Method::GET, address, None, false).await
    }

    /// Reads JSON of a known shape. A cut answer is asked for again; a complete one of another shape is an error at once.
    pub(crate) async fn get_json<T: DeserializeOwned>(&self, address: &Address) -> Result<T, SiteError> {
        match self.get_json_or_refusal(address).await? {
            Ok(value) => Ok(value),
            Err(refusal) => Err(refusal.refusal()),
        }
    }

    /// As [`Self::get_json`]; an answer that is no yes comes back as it is.
    pub(crate) async fn get_json_or_refusal<T: DeserializeOwned>(
        &self,
        address: &Address,
    ) -> Result<Result<T, Answer>, SiteError> {
        let mut rereads = 0;
        loop {
            let answer = self.get(address).await?;
            if !(200..300).contains(&answer.status()) {
                return Ok(Err(answer));
            }
            match answer.decode::<T>() {
                Ok(value) => return Ok(Ok(value)),
                Err(flaw) if flaw.may_be_cut && rereads < CUT_JSON_REREADS => {
                    rereads += 1;
                    self.counts.retried();
                }
                Err(flaw) => return Err(flaw.error),
            }
        }
    }

    /// Writes, once. `body` is JSON.
    pub(crate) async fn write(
        &self,
        method: Method,
        address: &Address,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, SiteError> {
        self.send(method, address, body, true).await
    }

    async fn send(
        &self,
        method: Method,
        address: &Address,
        body: Option<Vec<u8>>,
        signed: bool,
    ) -> Result<Answer, SiteError> {
        let is_write = method != Method::GET && method != Method::HEAD;
        let mut attempts = Attempts::new(is_write);
        loop {
            let outcome = self.send_once(&method, address, body.clone(), signed).await?;
            let next = match outcome {
                Ok(answer) if answer.status() == 429 => attempts.after_throttling(&answer, &self.pace),
                Ok(answer) => attempts.after_answer(answer),
                Err(trouble) => attempts.after_trouble(trouble, self.has_answered.load(Ordering::Relaxed)),
            };
            match next {
                Next::Take(answer) if !signed => return Ok(answer),
                Next::Take(answer) => return answer.not_from_elsewhere(is_write),
                Next::Again { after } => {
                    self.counts.retried();
                    self.counts.waited(after);
                    tokio::time::sleep(after).await;
                }
                Next::GiveUp(error) => return Err(self.closing(error)),
            }
        }
    }

    /// A block closes the transport for good (I10).
    fn closing(&self, error: SiteError) -> SiteError {
        match error {
            SiteError::Blocked { .. } => self.latch.close(error),
            other => other,
        }
    }

    /// One request and its answer. The outer error ends everything; the inner one is for the retry rules.
    async fn send_once(
        &self,
        method: &Method,
        address: &Address,
        body: Option<Vec<u8>>,
        signed: bool,
    ) -> Result<Result<Answer, Trouble>, SiteError> {
        let _turn = if signed { self.introduction.turn().await } else { None };
        let _slot = self.slots.acquire().await.map_err(|_| SiteError::Unanswered {
            may_have_taken_effect: false,
            reason: "the connection was closed".to_owned(),
        })?;
        self.latch.check()?;
        let asked = tokio::time::Instant::now();
        let under_way = self.pace.permission().await?;
        self.counts.waited(asked.elapsed());
        self.latch.check()?;
        let url = format!("{}{}", self.base(), address.as_str());
        let is_write = method != Method::GET && method != Method::HEAD;
        let mut request = self.client.request(method.clone(), &url);
        if signed {
            request = request.header(reqwest::header::AUTHORIZATION, self.authorization.clone());
        }
        if is_write {
            // Harmless where it is not needed (`confluence-data-center.md §2.5`).
            request = request.header("X-Atlassian-Token", "no-check");
        }
        if let Some(body) = body {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        }
        self.counts.sent(is_write);
        let began = tokio::time::Instant::now();
        let outcome = Answer::receive(request, &url).await;
        let milliseconds = began.elapsed().as_millis() as u64;
        trace::note(|| {
            let path = format!("{}{}", self.base.path().trim_end_matches('/'), address.as_str());
            match &outcome {
                Ok(answer) => Request::sent(method.as_str(), &path, Ok(answer.status()), milliseconds),
                Err(trouble) => {
                    Request::sent(method.as_str(), &path, Err(&trouble.to_string()), milliseconds)
                }
            }
        });
        match outcome {
            Ok(answer) => {
                tracing::debug!(%method, path = address.as_str(), status = answer.status(), milliseconds, "asked");
                self.has_answered.store(true, Ordering::Relaxed);
                if let Some(date) = answer.header("date") {
                    self.clock.read(date);
                }
                let limits = Limits::read(&answer);
                under_way.answered(&limits);
                if answer.status() == 429 {
                    self.counts.throttled();
                }
                if signed {
                    if let Some(hint) = answer.refuses_credentials(self.signs_in_with_token) {
                        return Err(self.latch.close(SiteError::Unauthorized { hint }));
                    }
                    // Whoever is busy or broken has not looked at them yet.
                    if answer.status() < 500 && answer.status() != 429 {
                        self.introduction.end();
                    }
                }
                Ok(Ok(answer))
            }
            Err(trouble) => {
                tracing::debug!(%method, path = address.as_str(), %trouble, milliseconds, "no answer");
                Ok(Err(trouble))
            }
        }
    }
}

/// Longest time the transport waits by itself because a site asks it to; beyond that the caller decides.
pub(crate) const LONGEST_PATIENCE: Duration = Duration::from_mins(5);
