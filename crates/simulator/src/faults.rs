//! Faults: what goes wrong, set from outside while the site runs.
//!
//! `PUT /faults` replaces all of it. A rule selects requests by method and by a part of path and query, skips the
//! first `after` of them, and strikes `times` of the rest, so that a test can place it exactly.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::switches::Switches;

/// Everything that goes wrong at a simulated site. The default is: nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent states a site can be in")]
pub struct Faults {
    /// Milliseconds by which every answer is late.
    pub latency_ms: u64,
    /// Up to so many milliseconds more, spread evenly and reproducibly.
    pub jitter_ms: u64,
    /// A token bucket for each account (`confluence-data-center.md §9`).
    pub rate_limit: Option<RateLimit>,
    /// Accounts blocked by the administrator: 429 with a `Retry-After` of 9223372036854775807.
    pub blocked_accounts: BTreeSet<String>,
    /// Accounts behind a CAPTCHA from now on.
    pub captcha: BTreeSet<String>,
    /// Every bearer token counts as expired.
    pub tokens_expired: bool,
    /// Read-only access mode: reads work, writes do not.
    pub read_only_mode: bool,
    /// The search index is being rebuilt: list/active and CQL know only the first half of everything.
    pub reindexing: bool,
    /// list/active leaves out every n-th account (0: none).
    pub index_omits_every: u32,
    /// list/active repeats every n-th account (0: none).
    pub index_repeats_every: u32,
    /// Number of polls after which a long task is done; default 2.
    pub task_polls: Option<u32>,
    /// Long tasks end without success and without effect.
    pub task_fails: bool,
    /// Long tasks are forgotten (404) from the first poll on; their effect takes place.
    pub task_vanishes: bool,
    /// `start` is ignored by every page (o013).
    pub start_ignored: bool,
    /// `next` is missing on every page.
    pub next_missing: bool,
    /// Precisely placed faults, the first match wins.
    pub rules: Vec<Rule>,
    /// Answers to UNVERIFIED questions; `None`: as the options said.
    pub switches: Option<Switches>,
}

impl Faults {
    /// So many more writes are served; those that come after them wait until the faults are set anew.
    pub fn hold_writes_after(served: u32) -> Self {
        let rule = Rule { writes: Some(true), after: served, ..Rule::new(Fault::Hold) };
        Self { rules: vec![rule], ..Self::default() }
    }

    /// Every write is late by so many milliseconds, before its effect.
    pub fn delay_writes(ms: u64) -> Self {
        let rule = Rule { writes: Some(true), ..Rule::new(Fault::Delay { ms }) };
        Self { rules: vec![rule], ..Self::default() }
    }
}

/// A token bucket: `capacity` tokens, `fillRate` more in each interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    /// Tokens at most.
    pub capacity: u32,
    /// Tokens added in one interval.
    pub fill_rate: u32,
    /// Length of the interval in milliseconds; the header tells whole seconds, at least 1.
    #[serde(default = "one_second")]
    pub interval_ms: u64,
}

fn one_second() -> u64 {
    1000
}

/// One precisely placed fault.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Only this method.
    pub method: Option<String>,
    /// Only requests whose `path?query`, as sent, contains this text.
    pub path: Option<String>,
    /// Only writes (`true`) or only reads (`false`).
    pub writes: Option<bool>,
    /// So many matching requests pass before the rule strikes.
    pub after: u32,
    /// It strikes so often; `None`: for ever.
    pub times: Option<u32>,
    /// Share of the matching requests that it strikes, 0.0 to 1.0, spread reproducibly; `None`: all.
    pub share: Option<f64>,
    /// What happens.
    pub fault: Fault,
}

impl Rule {
    /// The fault strikes each request, for ever; narrow it with the fields.
    pub fn new(fault: Fault) -> Self {
        Self { fault, ..Self::default() }
    }
}

/// What a [`Rule`] does to a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Answers with this status, before any effect. 5xx with HTML, others with the error body of REST.
    Status {
        /// The status.
        status: u16,
        /// `Retry-After` in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// Takes effect, then answers with this status as if it had failed.
    StatusAfter {
        /// The status.
        status: u16,
    },
    /// The connection ends before any effect.
    CutBefore,
    /// Takes effect, then the connection ends without an answer.
    CutAfter,
    /// The answer breaks off in the middle and the connection ends.
    CutBody,
    /// A complete HTTP answer whose JSON is cut in half.
    Truncated,
    /// 200 with a page of HTML instead of JSON, without effect.
    Html,
    /// 200 with JSON of another shape, without effect.
    WrongJson,
    /// 302 to the login page, without effect.
    LoginRedirect,
    /// 429 without effect.
    TooMany {
        /// `Retry-After` in seconds; `None`: no such header.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// The CAPTCHA answer, without locking the account for other requests.
    Captcha,
    /// 401 as for a wrong password or an expired token.
    Unauthorised,
    /// Late by so many milliseconds, before any effect.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Takes effect at once, the answer is late.
    DelayAfter {
        /// Milliseconds.
        ms: u64,
    },
    /// Waits, before any effect, until the faults are set anew, and is then served as these say.
    Hold,
    /// 204 without any effect.
    Ignored,
    /// A page begins so many rows later than asked: these rows are lost.
    LoseRows {
        /// Rows.
        rows: u32,
    },
    /// A page begins so many rows earlier than asked: these rows come twice.
    RepeatRows {
        /// Rows.
        rows: u32,
    },
    /// A page without `next`.
    NoNext,
    /// `start` is ignored.
    StartIgnored,
}

/// The rules in force with their counters.
#[derive(Debug, Default)]
pub(crate) struct RuleBook {
    rules: Vec<(Rule, AtomicU32)>,
    drawn: AtomicU64,
}

impl RuleBook {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        Self {
            rules: rules.iter().map(|rule| (rule.clone(), AtomicU32::new(0))).collect(),
            ..Self::default()
        }
    }

    /// The fault that strikes this request, if any. Counts the request for every rule that selects it.
    pub(crate) fn strike(&self, method: &str, path_and_query: &str) -> Fault {
        let mut struck = Fault::None;
        for (rule, seen) in &self.rules {
            if !rule.selects(method, path_and_query) {
                continue;
            }
            let number = seen.fetch_add(1, Ordering::Relaxed);
            let in_turn = number >= rule.after
                && rule.times.is_none_or(|times| number < rule.after.saturating_add(times))
                && rule.share.is_none_or(|share| self.draw() < share);
            if in_turn && struck == Fault::None {
                struck = rule.fault.clone();
            }
        }
        struck
    }

    /// A number in 0.0..1.0 from a fixed sequence (golden ratio): evenly spread, the same in every process.
    fn draw(&self) -> f64 {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        (number as f64 * 0.618_033_988_749_895).fract()
    }
}

impl Rule {
    fn selects(&self, method: &str, path_and_query: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|part| path_and_query.contains(part))
            && self.writes.is_none_or(|writes| writes == is_write(method))
    }
}

/// `true` for methods that may change something.
pub(crate) fn is_write(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(rule: Rule) -> RuleBook {
        RuleBook::new(&[Rule { fault: Fault::CutBefore, ..rule }])
    }

    #[test]
    fn a_rule_strikes_exactly_where_it_was_placed() {
        let book = cut(Rule {
            method: Some("PUT".into()),
            path: Some("/disable".into()),
            after: 2,
            times: Some(1),
            ..Rule::default()
        });
        let hits: Vec<bool> = (0..5)
            .map(|_| {
                assert_eq!(book.strike("GET", "/x/disable"), Fault::None);
                book.strike("PUT", "/x/disable") == Fault::CutBefore
            })
            .collect();
        assert_eq!(hits, [false, false, true, false, false]);
    }

    #[test]
    fn a_share_of_a_tenth_strikes_about_every_tenth_request() {
        let book = cut(Rule { share: Some(0.1), ..Rule::default() });
        let hits = (0..1000).filter(|_| book.strike("GET", "/") == Fault::CutBefore).count();
        assert!((95..=105).contains(&hits), "{hits}");
    }

    #[test]
    fn faults_are_read_from_json_and_unknown_ones_are_refused() {
        let text =
            r#"{"latencyMs":20,"rules":[{"method":"PUT","after":1,"fault":{"kind":"status","status":503}}]}"#;
        let faults: Faults = serde_json::from_str(text).expect("valid faults");
        assert_eq!(faults.rules[0].fault, Fault::Status { status: 503, retry_after: None });
        assert!(serde_json::from_str::<Faults>(r#"{"latency":20}"#).is_err());
    }
}
